using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Parley.Core.Sessions;

/// <summary>Reads a bundle (docs/bundle.md) from a stranger, line by line, holding one line in memory at a time.</summary>
public sealed class BundleReader(PipeReader input, int maxLineBytes = BundleReader.DefaultMaxLineBytes)
{
    /// <summary>The longest line, and so the largest entry, that is accepted: 32 MiB, the Messages API's own limit of a request.</summary>
    public const int DefaultMaxLineBytes = 32 * 1024 * 1024;

    /// <summary>The header that opens the bundle. Call it once, before <see cref="ReadEntriesAsync"/>.</summary>
    /// <exception cref="BundleException">Not a bundle, or one of a newer version.</exception>
    public async Task<SessionHeader> ReadHeaderAsync(CancellationToken cancel = default)
    {
        byte[] line = await ReadLineAsync(cancel) ?? throw new BundleException("The bundle is empty.");
        return Parse(line, "line 1", ParseHeader);
    }

    /// <summary>The entries; each owns its memory. Ends normally only when the end line was there and its count was right.</summary>
    /// <exception cref="BundleException">A line is too long or malformed, or the bundle is cut off.</exception>
    public async IAsyncEnumerable<Entry> ReadEntriesAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (long count = 0; ; count++)
        {
            byte[] line = await ReadLineAsync(cancel)
                ?? throw new BundleException($"The bundle is cut off after {count} entries: its end line is missing.");
            if (Parse(line, $"line {count + 2}", ParseEnd) is { } announced)
            {
                if (announced != count)
                    throw new BundleException($"The bundle announces {announced} entries and holds {count}.");
                if (await ReadLineAsync(cancel) is not null)
                    throw new BundleException("The bundle goes on after its end line.");
                yield break;
            }
            yield return Parse(line, $"line {count + 2}", EntryJson.Read);
        }
    }

    private static T Parse<T>(ReadOnlyMemory<byte> line, string place, Func<ReadOnlyMemory<byte>, T> parse)
    {
        try
        {
            return parse(line);
        }
        catch (JsonException e)
        {
            throw new BundleException($"{place} of the bundle: {e.Message}", e);
        }
    }

    private static SessionHeader ParseHeader(ReadOnlyMemory<byte> line)
    {
        if (!Utf8.IsValid(line.Span))
            throw new JsonException("a header is UTF-8.");
        using var document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("parley", out JsonElement version))
            throw new JsonException("a bundle begins with {\"parley\":1,…}.");
        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int v) || v != BundleWriter.FormatVersion)
            throw new JsonException($"this is version {version.GetRawText()} of the format; version {BundleWriter.FormatVersion} is understood. Update Parley.");
        return new SessionHeader
        {
            Title = Text(root, "title") ?? throw new JsonException("the header needs a title."),
            Project = Text(root, "project") ?? "",
            Branch = Text(root, "branch"),
            Model = Text(root, "model"),
            Date = JsonText.ParseTimestamp(Text(root, "date")),
            Agent = Text(root, "agent"),
            SourceId = Text(root, "sourceId"),
        };
    }

    private static string? Text(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw new JsonException($"\"{name}\" is a string.");
        var json = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(value.GetRawText()));
        json.Read();
        return JsonText.GetString(ref json);
    }

    // The end line is told from an entry by its only member.
    private static long? ParseEnd(ReadOnlyMemory<byte> line)
    {
        if (!line.Span.StartsWith("{\"entries\":"u8))
            return null;
        using var document = JsonDocument.Parse(line);
        JsonElement entries = document.RootElement.GetProperty("entries"u8);
        return entries.ValueKind == JsonValueKind.Number && entries.TryGetInt64(out long n) ? n : throw new JsonException("\"entries\" is a number.");
    }

    private async Task<byte[]?> ReadLineAsync(CancellationToken cancel)
    {
        for (long searched = 0; ;)
        {
            ReadResult read = await input.ReadAsync(cancel);
            ReadOnlySequence<byte> buffer = read.Buffer;
            SequencePosition? end = buffer.Slice(searched).PositionOf((byte)'\n');
            if (end is { } at)
            {
                ReadOnlySequence<byte> line = buffer.Slice(0, at);
                RefuseIfLong(line.Length);
                byte[] bytes = line.ToArray();
                input.AdvanceTo(buffer.GetPosition(1, at));
                return bytes;
            }
            RefuseIfLong(buffer.Length);
            searched = buffer.Length;
            if (read.IsCompleted)
            {
                byte[]? rest = buffer.IsEmpty ? null : buffer.ToArray();
                input.AdvanceTo(buffer.End);
                return rest;
            }
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private void RefuseIfLong(long length)
    {
        if (length > maxLineBytes)
            throw new BundleException($"An entry of the bundle is larger than {maxLineBytes} bytes.", tooLarge: true);
    }
}

/// <summary>A bundle that can't be taken in; the message says what is wrong with it and where.</summary>
/// <param name="message">For people.</param>
/// <param name="inner">What the JSON parser said.</param>
/// <param name="tooLarge">Whether a limit of size was passed (HTTP 413 rather than 400).</param>
public sealed class BundleException(string message, Exception? inner = null, bool tooLarge = false) : Exception(message, inner)
{
    public bool TooLarge { get; } = tooLarge;
}
