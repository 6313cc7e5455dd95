using System.Buffers;
using System.Text.Json;

namespace Parley.Core.Sessions;

/// <summary>Writes a bundle (docs/bundle.md): a header line, a line for each entry, and an end line with their number.</summary>
public sealed class BundleWriter(IBufferWriter<byte> output)
{
    /// <summary>The version of the format that is written.</summary>
    public const int FormatVersion = 1;

    public const string MediaType = "application/vnd.parley.bundle+jsonl";

    private static readonly JsonWriterOptions Options = new() { Encoder = JsonText.Encoder };

    private long _entries;

    public void WriteHeader(SessionHeader header)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("parley"u8, FormatVersion);
            json.WriteString("title"u8, header.Title);
            json.WriteString("project"u8, header.Project);
            WriteIfAny(json, "branch", header.Branch);
            WriteIfAny(json, "model", header.Model);
            WriteIfAny(json, "date", header.Date is { } d ? JsonText.Timestamp(d) : null);
            WriteIfAny(json, "agent", header.Agent);
            WriteIfAny(json, "sourceId", header.SourceId);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    /// <summary>Writes the next entry; <paramref name="seq"/> is informative, the receiver numbers entries itself.</summary>
    public void WriteEntry(Entry entry, long? seq = null)
    {
        EntryJson.Write(output, entry, seq);
        output.Write("\n"u8);
        _entries++;
    }

    /// <summary>Writes the end line, without which a reader takes the bundle for cut off.</summary>
    public void WriteEnd()
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("entries"u8, _entries);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}
