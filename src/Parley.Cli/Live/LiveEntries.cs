using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Parley.Core.Redaction;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Live;

/// <summary>An item in the form in which it leaves this machine.</summary>
/// <param name="Entry">The entry; its blocks are its own.</param>
/// <param name="Json">The same as JSON.</param>
internal sealed record LiveEntry(Entry Entry, ReadOnlyMemory<byte> Json)
{
    /// <summary>Tells whether what was sent is what would be sent now.</summary>
    public UInt128 Digest => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Json.Span));

    public static LiveEntry Of(Entry entry)
    {
        var json = new ArrayBufferWriter<byte>(entry.Blocks.Length + 256);
        EntryJson.Write(json, entry);
        return new LiveEntry(entry, json.WrittenMemory);
    }
}

/// <summary>Makes what goes out of what a transcript holds: selected, redacted and cut, in this order.</summary>
internal sealed class LiveEntries(TranscriptFollower follower, Redactor redactor, Selection selection)
{
    /// <summary>What stands in the place of an entry that the server does not take.</summary>
    public static LiveEntry Refused { get; } = Event(json =>
    {
        json.WriteString("type"u8, "unsupported"u8);
        json.WriteString("reason"u8, "This entry is larger than the server takes.");
    });

    /// <summary>Has the redactor see an entry before anything of it goes out.</summary>
    public void Learn(int number)
    {
        if (follower.Read(number) is { } entry)
            redactor.Learn(entry);
    }

    /// <summary>The entry as it goes out; null when it stays here.</summary>
    public LiveEntry? Make(int number)
    {
        if (!selection.Includes(number) || follower.Read(number) is not { } entry)
            return null;
        return selection.Apply(entry) is { } selected ? LiveEntry.Of(Truncation.Truncate(redactor.Redact(selected))) : null;
    }

    /// <summary>An entry that says that others, by their places, are no longer in the conversation.</summary>
    public static LiveEntry Rewound(int fromSeq, int toSeq) => Event(json =>
    {
        json.WriteString("type"u8, "rewound"u8);
        json.WriteNumber("fromSeq"u8, fromSeq);
        json.WriteNumber("toSeq"u8, toSeq);
    });

    /// <summary>An entry that says that something happened.</summary>
    public static LiveEntry Happened(string what) => Event(json =>
    {
        json.WriteString("type"u8, "event"u8);
        json.WriteString("event"u8, what);
    });

    private static LiveEntry Event(Action<Utf8JsonWriter> write)
    {
        var blocks = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(blocks))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        return LiveEntry.Of(new Entry { Role = Role.Event, Blocks = blocks.WrittenMemory });
    }
}
