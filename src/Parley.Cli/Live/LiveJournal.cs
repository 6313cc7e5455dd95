using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Cli.Servers;
using Parley.Core.Credentials;
using Parley.Core.Transcripts;

namespace Parley.Cli.Live;

/// <summary>A line of the journal; what is null has nothing to do with it.</summary>
/// <param name="Entry">The number of an entry that went out or, without a digest, was left out.</param>
/// <param name="Key">What names the entry in its thread.</param>
/// <param name="Thread">What names its thread, unless it is the main one.</param>
/// <param name="Rewound">The first and the last number of entries that were rewound; with the digest of the mark that went out.</param>
/// <param name="Corrected">A place on the server that holds something else now.</param>
/// <param name="Lost">The last place on the server that was left when it had lost some.</param>
/// <param name="Digest">Of what was sent, hexadecimal.</param>
internal sealed record LiveRecord(int? Entry, string? Key, string? Thread, int[]? Rewound, int? Corrected, int? Lost, string? Digest);

/// <summary>
/// Where a live share is, in a file, so that it goes on after its process has died: <c>live/SHAREID.jsonl</c>, a line for each step, never content.
/// Whoever has it open drives the share; nobody else can open it then.
/// </summary>
internal sealed class LiveJournal : IDisposable
{
    private readonly FileStream _file;
    private readonly List<LiveRecord> _unwritten = [];

    private LiveJournal(FileStream file, LiveTerms terms) => (_file, Terms) = (file, terms);

    public LiveTerms Terms { get; }

    /// <summary>The folder of the journals.</summary>
    public static string Folder { get; } = StateFolder.Path("live");

    /// <summary>Whether a share is, or was, driven from this machine and has not ended.</summary>
    public static bool IsHere(string shareId) => File.Exists(PathOf(shareId));

    /// <summary>Begins the journal of a new share.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public static LiveJournal Create(LiveTerms terms)
    {
        PrivateFile.CreateFolder(Folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete };
        var journal = new LiveJournal(PrivateFile.Open(PathOf(terms.ShareId), options), terms);
        journal.Write(JsonSerializer.SerializeToUtf8Bytes(terms, CliJson.Default.LiveTerms));
        return journal;
    }

    /// <summary>The shares that nobody drives any more, though they have not ended.</summary>
    public static IEnumerable<AbandonedShare> Abandoned()
    {
        foreach (string path in Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.jsonl") : [])
        {
            if (TryOpen(path) is { } abandoned)
                yield return abandoned;
        }
    }

    public void Sent(int number, GivenEntry entry, UInt128 digest) => _unwritten.Add(Of(number, entry, digest));

    public void LeftOut(int number, GivenEntry entry) => _unwritten.Add(Of(number, entry, digest: null));

    /// <summary>Notes a rewind, with the digest of its mark; without one where nothing of it had gone out.</summary>
    public void Rewound(LiveItem mark, UInt128? digest) => _unwritten.Add(new LiveRecord(null, null, null, [mark.From, mark.To], null, null, Hex(digest)));

    public void Corrected(int seq, UInt128 digest) => _unwritten.Add(new LiveRecord(null, null, null, null, seq, null, Hex(digest)));

    public void Lost(int lastSeq) => _unwritten.Add(new LiveRecord(null, null, null, null, null, lastSeq, null));

    /// <summary>Writes what was noted. It outlasts this process from then on.</summary>
    public void Flush()
    {
        foreach (LiveRecord record in _unwritten)
            Write(JsonSerializer.SerializeToUtf8Bytes(record, LiveJson.Default.LiveRecord));
        _unwritten.Clear();
        _file.Flush();
    }

    /// <summary>The share has ended: there is nothing to go on with.</summary>
    public void Delete()
    {
        File.Delete(_file.Name);
        Dispose();
    }

    public void Dispose() => _file.Dispose();

    private static string PathOf(string shareId) => Path.Combine(Folder, shareId + ".jsonl");

    private void Write(byte[] line)
    {
        _file.Write(line);
        _file.WriteByte((byte)'\n');
    }

    // Null while another process drives it, and for a file that is none of ours. A line that was torn by the process's end is cut off.
    private static AbandonedShare? TryOpen(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Share = FileShare.Delete });
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
            file.SetLength(end);
            byte[][] lines = [.. Lines(bytes.AsMemory(0, end))];
            if (lines.Length > 0 && JsonSerializer.Deserialize(lines[0], CliJson.Default.LiveTerms) is { Parley: LiveTerms.Version } terms)
                return new AbandonedShare(new LiveJournal(file, terms), [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize(line, LiveJson.Default.LiveRecord)!)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // It is in use, or can't be gone on with.
        }
        file?.Dispose();
        return null;
    }

    private static IEnumerable<byte[]> Lines(ReadOnlyMemory<byte> text)
    {
        while (text.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            yield return text[..end].ToArray();
            text = text[(end + 1)..];
        }
    }

    private static LiveRecord Of(int number, GivenEntry entry, UInt128? digest) =>
        new(number, Hex(entry.Key), entry.Thread == 0 ? null : Hex(entry.Thread), null, null, null, Hex(digest));

    private static string Hex(ulong value) => value.ToString("x", CultureInfo.InvariantCulture);

    private static string? Hex(UInt128? value) => value?.ToString("x", CultureInfo.InvariantCulture);
}

/// <summary>The journal's lines, without what is null in them.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LiveRecord))]
internal sealed partial class LiveJson : JsonSerializerContext;

/// <summary>A live share that nobody drives any more, though it has not ended.</summary>
internal sealed record AbandonedShare(LiveJournal Journal, IReadOnlyList<LiveRecord> Records)
{
    /// <summary>Where the transcript is now; its client may have moved it.</summary>
    public string Transcript { get; init; } = Journal.Terms.Transcript;
}
