using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Parley.Core.Rendering.Text;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering;

/// <summary>
/// Renders the entries of one session, in order, to safe HTML fragments. It remembers the tool calls it has seen, so that a result is shown
/// under its call's name. Not thread-safe.
/// </summary>
public sealed class EntryRenderer
{
    /// <summary>Moves whenever the same entry would render to other HTML; stored fragments of an older version are rendered again.</summary>
    public const int Version = 4;

    /// <summary>Bytes of text after which the rest of an entry is left to the download: no reader scrolls through more.</summary>
    public const int MaxText = 2 * 1024 * 1024;

    /// <summary>Blocks of one entry that are shown.</summary>
    public const int MaxBlocks = 1000;

    private readonly ToolCalls _calls = new();

    /// <summary>
    /// Stands inside attributes of a fragment for the address of the session's page (path prefix included, no slash at the end) until the
    /// fragment is sent. Text of a transcript can't contain it, since rendering escapes every <c>&lt;</c>.
    /// </summary>
    public static ReadOnlySpan<byte> BaseMarker => "<base>"u8;

    /// <summary>Writes the fragment: one <c>&lt;article id="e{seq}"&gt;</c>.</summary>
    public void Render(Entry entry, long seq, IBufferWriter<byte> html)
    {
        var writer = new HtmlWriter(html, MaxText);
        try
        {
            using JsonDocument document = JsonDocument.Parse(entry.Blocks, Json.Options);
            List<JsonElement> blocks = [.. document.RootElement.EnumerateArray().Take(MaxBlocks + 1)];
            EntryKind kind = KindOf(entry.Role, blocks);
            if (kind == EntryKind.Answer)
                _calls.Begin(blocks.Count(BlockHtml.IsCall));
            OpenArticle(entry, seq, kind, writer, kind == EntryKind.Note ? blocks[0].String("client") : null);
            WriteBlocks(entry, seq, blocks, writer);
            if (writer.IsFull || blocks.Count > MaxBlocks)
                writer.Markup("<p class=\"quiet\">The rest of this entry is too long for a page. The download has all of it.</p>"u8);
        }
        catch (JsonException)
        {
            // Thrown by parsing alone, before anything is written.
            OpenArticle(entry, seq, EntryKind.Event, writer);
            BlockHtml.WriteUnsupported("content that is nested too deeply", writer);
        }
        writer.Markup("</article>"u8);
    }

    private void WriteBlocks(Entry entry, long seq, List<JsonElement> blocks, HtmlWriter html)
    {
        var block = new BlockHtml(entry, seq, _calls, html);
        foreach (JsonElement element in blocks.Take(MaxBlocks))
        {
            if (html.IsFull)
                return;
            block.Write(element);
        }
    }

    private static EntryKind KindOf(Role role, List<JsonElement> blocks) => role switch
    {
        Role.Assistant => EntryKind.Answer,
        Role.Event when blocks is [var note] && note.String("type") == Note.BlockType => EntryKind.Note,
        Role.Event when blocks is [var happened] && RoomEvents.IsOne(happened.String("event")) => EntryKind.Aside,
        Role.Event => EntryKind.Event,
        _ when blocks.Exists(b => b.String("type") == "tool_result") => EntryKind.Results,
        _ when blocks is [var only] && only.String("text") is { } text => ClientText.IsInterruption(text) ? EntryKind.Event
            : ClientText.IsOutput(text) ? EntryKind.Output : EntryKind.Prompt,
        _ => EntryKind.Prompt,
    };

    private void OpenArticle(Entry entry, long seq, EntryKind kind, HtmlWriter html, string? client = null)
    {
        html.Markup("<article id=\"e"u8).Number(seq).Markup("\" class=\"entry "u8).Markup(kind switch
        {
            EntryKind.Prompt => "prompt"u8,
            EntryKind.Answer => "answer agent"u8,
            EntryKind.Results => "results agent"u8,
            EntryKind.Output => "prompt output"u8,
            EntryKind.Note => "talk"u8,
            EntryKind.Aside => "event aside"u8,
            _ => "event"u8,
        });
        html.Markup("\""u8);
        if (entry.Thread is { } thread)
            html.Attribute("data-thread"u8, thread).Attribute("data-title"u8, _calls.Describe(thread));
        if (entry.Author is { Length: > 0 } author && kind is EntryKind.Prompt or EntryKind.Note)
            html.Attribute("data-author"u8, Lines.OneLine(author, MaxName));
        if (client is { Length: > 0 })
            html.Attribute("data-client"u8, Lines.OneLine(client, MaxName));
        html.Markup("><header class=\"meta\">"u8);
        if (entry.Author is { Length: > 0 } person && kind is EntryKind.Prompt or EntryKind.Note)
            Avatar.Write(person, html);
        html.Markup("<h2 class=\"who\">"u8).Text(Speaker(entry, kind)).Markup("</h2>"u8);
        if (kind == EntryKind.Answer && entry.Model is { Length: > 0 } model && model[0] != '<')
            html.Markup("<span class=\"model\">"u8).Marked(Lines.OneLine(model, 60)).Markup("</span>"u8);
        html.Markup("<a class=\"at\" href=\"<base>?at="u8).Number(seq).Markup("#e"u8).Number(seq).Markup("\" title=\"Link to entry "u8)
            .Number(seq).Markup("\">"u8);
        WriteTime(entry.Timestamp, seq, html);
        html.Markup("</a></header>"u8);
    }

    private const int MaxName = 60;

    private static void WriteTime(DateTimeOffset? time, long seq, HtmlWriter html)
    {
        if (time is { } at)
            html.Markup("<time datetime=\""u8).Text(JsonText.Timestamp(at)).Markup("\">"u8)
                .Text(at.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)).Markup("</time>"u8);
        else
            html.Markup("#"u8).Number(seq);
    }

    private static string Speaker(Entry entry, EntryKind kind) => kind switch
    {
        EntryKind.Answer when entry.Model is null or "" || entry.Model.StartsWith("claude", StringComparison.OrdinalIgnoreCase) || entry.Model[0] == '<' => "Claude",
        EntryKind.Answer when entry.Model.StartsWith("gpt", StringComparison.OrdinalIgnoreCase) || entry.Model.StartsWith("codex", StringComparison.OrdinalIgnoreCase) => "Codex",
        EntryKind.Answer => "Agent",
        EntryKind.Results => "Results",
        EntryKind.Output => "Output",
        EntryKind.Event or EntryKind.Aside => "Event",
        EntryKind.Note => entry.Author is { } writer ? Lines.OneLine(writer, MaxName) : "Note",
        _ => entry.Author is { } author ? Lines.OneLine(author, MaxName) : entry.Thread is null ? "Prompt" : "Task",
    };

    private enum EntryKind
    {
        Prompt,
        Answer,
        Results,

        /// <summary>What a command of the person put out.</summary>
        Output,

        /// <summary>What a person says to the others.</summary>
        Note,

        /// <summary>What happens among the people, whatever the agent does.</summary>
        Aside,
        Event,
    }
}
