using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Room;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>Something that those who watch a session are told (docs/live.md). It is formatted once and shared by all of them.</summary>
public sealed class SessionEvent
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JsonText.Encoder, SkipValidation = true };

    private static readonly JsonSerializerOptions RoomOptions = new(JsonSerializerDefaults.Web) { Encoder = JsonText.Encoder };

    private readonly LoggedEntry? _entry;
    private readonly byte[]?[] _frames = new byte[]?[2];

    private SessionEvent(EventKind kind, LoggedEntry? entry, byte[]? frame)
    {
        (Kind, _entry) = (kind, entry);
        Array.Fill(_frames, frame);
        Size = entry is null ? frame!.Length : entry.Stored.Entry.Blocks.Length + entry.Html.Length;
    }

    public EventKind Kind { get; }

    /// <summary>The entry's place; 0 for what is not about an entry.</summary>
    public long Seq => _entry?.Stored.Seq ?? 0;

    /// <summary>The session's revision at which the entry got its content.</summary>
    public long Revision => _entry?.Revision ?? 0;

    /// <summary>About how many bytes it is.</summary>
    public long Size { get; }

    public static SessionEvent Ended { get; } = new(EventKind.Ended, null, "event: ended\ndata: {}\n\n"u8.ToArray());

    public static SessionEvent Revoked { get; } = new(EventKind.Revoked, null, "event: revoked\ndata: {}\n\n"u8.ToArray());

    /// <summary>Its reader, who is signed in, is no member (any more), and reads on as anybody may.</summary>
    public static SessionEvent Left { get; } = new(EventKind.Left, null, "event: left\ndata: {}\n\n"u8.ToArray());

    /// <summary>A comment, so that nothing on the way takes a quiet stream for a dead one.</summary>
    public static SessionEvent Heartbeat { get; } = new(EventKind.Heartbeat, null, ":\n\n"u8.ToArray());

    public static SessionEvent Entry(LoggedEntry entry) => new(EventKind.Entry, entry, null);

    public static SessionEvent Corrected(LoggedEntry entry) => new(EventKind.Corrected, entry, null);

    public static SessionEvent Delta(string text) =>
        new(EventKind.Delta, null, Encoding.UTF8.GetBytes($"event: delta\ndata: {{\"text\":\"{JsonEncodedText.Encode(text, JsonText.Encoder)}\"}}\n\n"));

    public static SessionEvent Presence(Presence presence) => new(EventKind.Presence, null, Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"event: presence\ndata: {{\"viewers\":{presence.Viewers},\"driver\":{(presence.Driver ? "true" : "false")}}}\n\n")));

    /// <summary>What members see beside the entries; for them alone.</summary>
    public static SessionEvent Room(RoomState room) => new(EventKind.Room, null, Format("event: room\ndata: "u8, room));

    /// <summary>Which members type; for members alone.</summary>
    public static SessionEvent Typing(IReadOnlyList<Typist> people) => new(EventKind.Typing, null, Format("event: typing\ndata: "u8, new { people }));

    /// <summary>The event's name on the wire; a heartbeat has none.</summary>
    public string Name => Kind switch
    {
        EventKind.Entry => "entry",
        EventKind.Corrected => "corrected",
        EventKind.Delta => "delta",
        EventKind.Presence => "presence",
        EventKind.Room => "room",
        EventKind.Typing => "typing",
        EventKind.Left => "left",
        EventKind.Ended => "ended",
        EventKind.Revoked => "revoked",
        _ => "",
    };

    /// <summary>All of it as one server-sent event, UTF-8.</summary>
    public ReadOnlySpan<byte> Frame(EventForm form) => _frames[(int)form] ??= Format(form);

    /// <summary>Its data alone: one line of JSON; empty for a heartbeat.</summary>
    public ReadOnlySpan<byte> Data(EventForm form)
    {
        ReadOnlySpan<byte> frame = Frame(form), mark = "\ndata: "u8;
        return frame.IndexOf(mark) is var at and >= 0 ? frame[(at + mark.Length)..^2] : default;
    }

    private static byte[] Format<TData>(ReadOnlySpan<byte> head, TData data) => [.. head, .. JsonSerializer.SerializeToUtf8Bytes(data, RoomOptions), .. "\n\n"u8];

    private byte[] Format(EventForm form)
    {
        var frame = new ArrayBufferWriter<byte>((int)Math.Min(Size + 512, 1 << 20));
        if (Kind == EventKind.Entry)
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {Seq}\n"), frame);
        Encoding.UTF8.GetBytes($"event: {Name}\ndata: ", frame);
        if (form == EventForm.Html)
            WriteHtml(frame);
        else
            WriteJson(frame);
        frame.Write("\n\n"u8);
        return frame.WrittenSpan.ToArray();
    }

    private void WriteJson(ArrayBufferWriter<byte> frame)
    {
        if (Kind == EventKind.Entry)
        {
            EntryJson.Write(frame, _entry!.Stored.Entry, Seq);
            return;
        }
        var json = new ArrayBufferWriter<byte>();
        EntryJson.Write(json, _entry!.Stored.Entry, Seq);
        frame.Write(json.WrittenSpan[..^1]);
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"revision\":{Revision}}}"), frame);
    }

    private void WriteHtml(ArrayBufferWriter<byte> frame)
    {
        using var json = new Utf8JsonWriter(frame, JsonOptions);
        json.WriteStartObject();
        json.WriteNumber("seq"u8, Seq);
        json.WriteString("role"u8, EntryJson.Name(_entry!.Stored.Entry.Role));
        if (_entry.Stored.Entry.Thread is { } thread)
            json.WriteString("thread"u8, thread);
        if (Kind == EventKind.Corrected)
            json.WriteNumber("revision"u8, Revision);
        json.WriteString("html"u8, _entry.Html);
        json.WriteEndObject();
    }
}

public enum EventKind
{
    /// <summary>The next entry.</summary>
    Entry,

    /// <summary>An entry that was sent before has other content.</summary>
    Corrected,

    /// <summary>Text of the answer that is being written; it is not in the log.</summary>
    Delta,

    /// <summary>Who is here.</summary>
    Presence,

    /// <summary>What members see beside the entries: the people, what waits, the context.</summary>
    Room,

    /// <summary>Which members type.</summary>
    Typing,

    /// <summary>The reader, who is signed in, is no member (any more).</summary>
    Left,

    /// <summary>The driver is done; nothing follows.</summary>
    Ended,

    /// <summary>The reader may read no more; nothing follows.</summary>
    Revoked,

    Heartbeat,
}

/// <summary>What an event about an entry carries of it.</summary>
public enum EventForm
{
    /// <summary>The form of <see cref="EntryJson"/>.</summary>
    Json,

    /// <summary>Its fragment, with what a page has to know of it.</summary>
    Html,
}
