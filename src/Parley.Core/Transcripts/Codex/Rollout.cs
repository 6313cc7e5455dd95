using Microsoft.Win32.SafeHandles;
using Parley.Core.Sessions;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts.Codex;

/// <summary>A session of Codex after its first pass: the files it stands in, the steps of its conversation, and what they tell of it.</summary>
internal sealed class Rollout
{
    private readonly string _path;
    private readonly RolloutMeta _meta;
    private readonly RolloutChain _chain;
    private readonly RolloutIndex _index = new();
    private readonly FileState[] _states;

    private Rollout(string path, RolloutMeta meta)
    {
        _path = path;
        _meta = meta;
        _chain = RolloutChain.Of(path, meta);
        _states = new FileState[_chain.Parts.Count];
        if (!_chain.IsWhole)
            _index.AddMissingBeginning();
        for (int part = 0; part < _states.Length; part++)
            ReadPart(part);
    }

    private Guid? Thread => _meta.Thread ?? RolloutName.Of(_path)?.Thread;

    /// <summary>Reads a file as it is now; null if Codex didn't write it.</summary>
    /// <exception cref="IOException">The file can't be opened or read.</exception>
    public static Rollout? TryRead(string path)
    {
        path = Path.GetFullPath(path);
        return RolloutMeta.Read(path) is { } meta ? new Rollout(path, meta) : null;
    }

    public TranscriptInfo Info() => new()
    {
        Agent = CodexReader.Agent,
        Path = _path,
        SessionId = Thread?.ToString() ?? Path.GetFileNameWithoutExtension(_path),
        Title = Thread is { } thread ? ThreadNames.Of(_path, thread) : null,
        FirstPrompt = _index.FirstPrompt is { } prompt ? Cut(prompt) : null,
        WorkingDirectory = _index.WorkingDirectory ?? _meta.WorkingDirectory,
        Branch = _meta.Branch,
        Model = _index.Model,
        Created = _meta.Created,
        Modified = new DateTimeOffset(_states[^1].Written, TimeSpan.Zero),
        EntryCount = _index.Count,
        Usage = TotalUsage(),
        IsSidechain = _meta.IsSubagent,
        LostLines = _index.LostLines,
    };

    /// <summary>The entries in order. Each is valid until the next is asked for.</summary>
    public IEnumerable<Entry> Entries()
    {
        var files = new SafeFileHandle[_states.Length];
        try
        {
            for (int part = 0; part < files.Length; part++)
                files[part] = TranscriptFile.Open(_chain.Parts[part].Path);
            var builder = new EntryBuilder(_index, [.. files.Select((file, part) => new RangeReader(file, _states[part]))]);
            for (int step = 0; step < _index.Count; step++)
                yield return builder.Build(step);
        }
        finally
        {
            foreach (SafeFileHandle? file in files)
                file?.Dispose();
        }
    }

    private void ReadPart(int part)
    {
        using SafeFileHandle file = TranscriptFile.Open(_chain.Parts[part].Path);
        _states[part] = FileState.Of(file);
        var lines = new LineReader();
        while (lines.Read(file) && lines.Offset < _chain.Parts[part].End)
            _index.Add(lines, part);
        lines.Rest();
    }

    private Usage TotalUsage()
    {
        long input = 0, output = 0;
        for (int step = 0; step < _index.Count; step++)
            (input, output) = (input + _index[step].Input, output + _index[step].Output);
        return new Usage(input, output);
    }

    private static string Cut(string text)
    {
        if (text.Length <= TranscriptInfo.MaxFirstPrompt)
            return text;
        bool splitsPair = char.IsHighSurrogate(text[TranscriptInfo.MaxFirstPrompt - 1]);
        return text[..(splitsPair ? TranscriptInfo.MaxFirstPrompt - 1 : TranscriptInfo.MaxFirstPrompt)];
    }
}
