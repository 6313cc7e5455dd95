using System.Globalization;
using System.Text.Json;
using Parley.Core.Credentials;
using Parley.Core.Sessions;
using Parley.Core.Takeover.ClaudeCode;

namespace Parley.Core.Takeover.Bundles;

/// <summary>The files that a bundle's entries go to: the conversation's, and one for each subagent. One is open at a time.</summary>
internal sealed class StagedThreads : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly Dictionary<string, (string Name, ConversationLines Lines)> _subagents = [];
    private readonly List<string> _names = [SessionFiles.Main];
    private readonly string _folder;
    private readonly Guid _id;
    private readonly SessionHeader _header;
    private readonly Speakers _speakers;
    private readonly ConversationLines _main;
    private readonly FileStream _mainFile;
    private (string Name, FileStream File)? _open;

    public StagedThreads(string folder, Guid id, SessionHeader header, Speakers speakers, Beginning? beginning)
    {
        (_folder, _id, _header, _speakers) = (folder, id, header, speakers);
        _main = new ConversationLines(id, id, header, agentId: null, speakers, beginning);
        _mainFile = OpenFile(SessionFiles.Main, beginning is null ? FileMode.CreateNew : FileMode.Append);
        if (beginning is null)
            _main.WriteTitle(_mainFile);
    }

    /// <summary>What the files are called, the conversation's first.</summary>
    public IReadOnlyList<string> Names => _names;

    public void Write(Entry entry)
    {
        if (entry.Thread is null)
            _main.Write(entry, _mainFile);
        else if (Subagent(entry.Thread) is var (name, lines))
            lines.Write(entry, Open(name));
    }

    /// <summary>Writes what was held back.</summary>
    /// <returns>The last line of the conversation.</returns>
    public Guid End()
    {
        _main.End(_mainFile, out Guid last);
        _mainFile.Flush();
        return last;
    }

    public void Dispose()
    {
        _mainFile.Dispose();
        _open?.File.Dispose();
    }

    private (string Name, ConversationLines Lines)? Subagent(string toolCall)
    {
        if (_subagents.TryGetValue(toolCall, out var known))
            return known;
        if (_subagents.Count == BundleTranscript.MaxThreads)
            return null;
        string agent = (_subagents.Count + 1).ToString("d4", CultureInfo.InvariantCulture);
        string name = $"{SessionFiles.Subagents}/agent-{agent}.jsonl";
        using (FileStream meta = Create(Path.ChangeExtension(name, ".meta.json")))
        using (var json = new Utf8JsonWriter(meta))
        {
            json.WriteStartObject();
            json.WriteString("agentType"u8, "general-purpose"u8);
            json.WriteString("toolUseId"u8, toolCall);
            json.WriteEndObject();
        }
        _names.Add(name);
        _names.Add(Path.ChangeExtension(name, ".meta.json"));
        return _subagents[toolCall] = (name, new ConversationLines(_id, DigestId.Of(_id, -2 - _subagents.Count), _header, agent, _speakers));
    }

    // Subagents that work at once take turns in a bundle.
    private FileStream Open(string name)
    {
        if (_open?.Name == name)
            return _open.Value.File;
        _open?.File.Dispose();
        _open = (name, OpenFile(name, FileMode.Append));
        return _open.Value.File;
    }

    private FileStream Create(string name) => OpenFile(name, FileMode.CreateNew);

    private FileStream OpenFile(string name, FileMode mode)
    {
        string path = Path.Combine(_folder, name);
        PrivateFile.CreateFolder(Path.GetDirectoryName(path)!);
        return PrivateFile.Open(path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, BufferSize = BufferBytes });
    }
}
