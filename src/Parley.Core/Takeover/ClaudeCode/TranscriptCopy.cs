using System.Text;
using Microsoft.Win32.SafeHandles;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>
/// Copies a transcript in the form in which another machine resumes it. The first pass finds the lines that stay behind, since a line may
/// stand before its parent; the second one writes. A line at a time is held.
/// </summary>
internal sealed class TranscriptCopy
{
    private static ReadOnlySpan<byte> Padding => [0xEF, 0xBB, 0xBF, (byte)' ', (byte)'\t', (byte)'\r', 0];

    private readonly Relinking _links = new();
    private byte[] _begins = [];
    private readonly string _path;
    private readonly bool _withThinking;

    private TranscriptCopy(string path, bool withThinking) => (_path, _withThinking) = (path, withThinking);

    /// <summary>Whether anything of a conversation comes along.</summary>
    public bool HasConversation => _begins.Length > 0;

    /// <summary>When the conversation begins, as a JSON string.</summary>
    public ReadOnlySpan<byte> Begins => _begins;

    /// <summary>First pass.</summary>
    /// <param name="path">The transcript.</param>
    /// <param name="withThinking">Whether thinking comes along. It is signed, so it comes as it is or not at all.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static TranscriptCopy Of(string path, bool withThinking = true)
    {
        var copy = new TranscriptCopy(path, withThinking);
        copy.ForEachLine((text, in line, fate) => copy.Survey(line, fate));
        return copy;
    }

    /// <summary>Second pass.</summary>
    /// <param name="rules">What is changed about the lines.</param>
    /// <param name="output">Where to.</param>
    /// <param name="goOn">Is asked before each line.</param>
    public void Write(TravelRules rules, Stream output, Func<bool> goOn)
    {
        _links.Root = rules.Root;
        var writer = new LineWriter(rules, _withThinking, _links, output);
        ForEachLine((text, in line, fate) =>
        {
            if (fate != LineFate.LeftBehind)
                writer.Write(text, line, fate);
            return goOn();
        });
    }

    private bool Survey(in TranscriptLine line, LineFate fate)
    {
        if (fate == LineFate.LeftBehind)
            _links.Leave(line.Uuid, line.Parent);
        else
            _links.Keep(line.Uuid);
        if (_begins.Length == 0 && fate != LineFate.LeftBehind && line.Timestamp.Length > 2 && !line.Uuid.IsEmpty)
            _begins = line.Timestamp.ToArray();
        return true;
    }

    private void ForEachLine(LineAction action)
    {
        using SafeFileHandle file = TranscriptFile.Open(_path);
        var lines = new LineReader();
        bool goesOn = true;
        while (goesOn && lines.Read(file))
        {
            if (lines.TooLong is { } skeleton)
                _links.Leave(Quoted(skeleton["uuid"]), Quoted(skeleton["parentUuid"]));
            else
                goesOn = ForEachObject(lines.Line, action);
        }
        lines.Rest();
    }

    // A line holds one object; where a line feed is missing, more than one.
    private bool ForEachObject(ReadOnlySpan<byte> text, LineAction action)
    {
        ReadOnlySpan<byte> rest = text.Trim(Padding);
        bool goesOn = true;
        while (goesOn && !rest.IsEmpty && TranscriptLine.TryRead(rest, out TranscriptLine line))
        {
            goesOn = action(rest, line, line.Fate(_withThinking));
            rest = rest[line.End..].TrimStart(Padding);
        }
        return goesOn;
    }

    private static byte[] Quoted(string? id) => Encoding.UTF8.GetBytes($"\"{id}\"");

    private delegate bool LineAction(ReadOnlySpan<byte> text, in TranscriptLine line, LineFate fate);
}
