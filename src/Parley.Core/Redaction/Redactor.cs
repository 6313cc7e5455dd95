using System.Buffers;
using System.Globalization;
using System.Text;
using Parley.Core.Redaction.Images;
using Parley.Core.Sessions;

namespace Parley.Core.Redaction;

/// <summary>
/// Takes secrets and personal paths out of a session. It stands between a transcript and everything that leaves the machine, and again at the
/// server's intake. Not thread-safe: one redactor serves one session.
/// </summary>
public sealed class Redactor
{
    private readonly TextRedactor _texts;
    private readonly JsonRedactor _json;
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly ArrayBufferWriter<byte> _images = new();
    private int _entries;

    public Redactor(RedactionOptions options)
    {
        Options = options;
        _texts = new TextRedactor(options, Report);
        _json = new JsonRedactor(_texts);
    }

    public RedactionOptions Options { get; }

    internal TextRedactor Texts => _texts;

    /// <summary>How many values are known, encoded forms included.</summary>
    internal int KnownCount => _texts.KnownCount;

    /// <summary>How many lines of the input have been redacted: what is found next stands behind them.</summary>
    internal int Line { get; set; }

    /// <summary>What was taken out so far by the <c>Redact</c> methods.</summary>
    public RedactionReport Report { get; } = new();

    /// <summary>Finds the secrets of an entry without writing anything, so that <see cref="Redact(Entry)"/> removes them wherever else they stand.</summary>
    public void Learn(Entry entry) => _json.Learn(entry.Blocks.Span);

    /// <summary>The same for a JSON value or, where it is none, a text.</summary>
    public void LearnJson(ReadOnlySpan<byte> json) => _json.Learn(json);

    /// <summary>The same for a text in UTF-8.</summary>
    public void LearnText(ReadOnlySpan<byte> text) => _texts.LearnLines(text);

    /// <summary>
    /// The value behind a <see cref="Finding.Replacement"/>, for its author who wants to keep it; null for a path or name.
    /// </summary>
    public string? ValueOf(string replacement) => _texts.ValueOf(replacement);

    /// <summary>
    /// The secrets that have become known since the last call. Where one of them may stand in text that was redacted and stored before it was
    /// known, redact that text once more: this redactor now finds it there.
    /// </summary>
    public IReadOnlyList<KnownValue> TakeNewValues() => _texts.TakeNewValues();

    /// <summary>Whether redacting a text or lines of JSON anew may change what they have become when so many values were known.</summary>
    internal bool MayChangeSince(int knownCount, ReadOnlySpan<byte> text) => _texts.MayChangeSince(knownCount, text);

    /// <summary>Forgets every value it has learned: what comes next has nothing to do with what came before.</summary>
    public void Forget() => _texts.Forget();

    /// <summary>The entry without secrets and personal paths. Its blocks are a copy of their own.</summary>
    public Entry Redact(Entry entry)
    {
        _entries++;
        _buffer.ResetWrittenCount();
        RedactJson(entry.Blocks.Span, _buffer, new Place("entry", _entries));
        return entry with
        {
            Author = entry.Author is { } author ? RedactText(author, new Place("author")) : null,
            Blocks = _buffer.WrittenSpan.ToArray(),
        };
    }

    /// <summary>The header without secrets and personal paths.</summary>
    public SessionHeader Redact(SessionHeader header) => header with
    {
        Title = RedactText(header.Title, new Place("title")),
        Project = RedactText(header.Project, new Place("project")),
        Branch = header.Branch is { } branch ? RedactText(branch, new Place("branch")) : null,
        Model = header.Model is { } model ? RedactText(model, new Place("model")) : null,
    };

    /// <summary>The text without secrets and personal paths.</summary>
    public string RedactText(string text) => RedactText(text, new Place("line", ++Line));

    /// <summary>Writes the next piece of a text in UTF-8, which ends where a line ends, without secrets and personal paths.</summary>
    public void RedactText(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (!_texts.TryRedactLines(text, Place.OfLines(Line + 1), output))
            output.Write(text);
        Line += text.Count((byte)'\n');
    }

    /// <summary>Writes a JSON value with every string in it redacted; what is not JSON is redacted as text.</summary>
    public void RedactJson(ReadOnlySpan<byte> json, IBufferWriter<byte> output) => RedactJson(json, output, new Place("line", ++Line));

    /// <summary>The same for lines each of which is a JSON value.</summary>
    public void RedactJsonLines(ReadOnlySpan<byte> lines, IBufferWriter<byte> output)
    {
        while (lines.Length > 0)
        {
            int end = lines.IndexOf((byte)'\n');
            RedactJson(end < 0 ? lines : lines[..end], output);
            if (end >= 0)
                output.Write("\n"u8);
            lines = lines[(end < 0 ? lines.Length : end + 1)..];
        }
    }

    private void RedactJson(ReadOnlySpan<byte> json, IBufferWriter<byte> output, Place place)
    {
        if (_images.WrittenCount > 0)
            _images.ResetWrittenCount();
        foreach (int removed in ImageMetadata.Remove(json, _images))
            Report.Add(new Finding(ImageMetadata.Rule, place.In("image"), string.Create(CultureInfo.InvariantCulture, $"{removed} bytes")));
        json = _images.WrittenCount > 0 ? _images.WrittenSpan : json;
        if (!_json.TryRedact(json, output, place) && !_texts.TryRedact(json, default, Clues.All, place, null, output))
            output.Write(json);
    }

    private string RedactText(string text, Place place)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var output = new ArrayBufferWriter<byte>(bytes.Length + 64);
        return _texts.TryRedact(bytes, default, Clues.All, place, null, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : text;
    }
}
