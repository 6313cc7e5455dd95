using System.Globalization;
using System.Text.Json;
using Parley.Core.Rendering.Text;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering;

/// <summary>Writes what happened rather than was said: one line across the page, with what there is to tell under it.</summary>
internal static class EventHtml
{
    private const int MaxLine = 200, MaxName = 60;

    internal static void Write(JsonElement block, HtmlWriter html)
    {
        string line = Line(block);
        if (block.String("summary") is { Length: > 0 } summary)
        {
            html.Markup("<details class=\"happened\"><summary><span>"u8).Marked(line).Markup("</span></summary>"u8);
            MarkdownHtml.Write(summary, html);
            html.Markup("</details>"u8);
        }
        else if (PublicLink.TryParse(block.String("link")) is { } link && block.String("event") == PublicLink.TakenOver)
        {
            html.Markup("<p class=\"happened\"><span>"u8).Text("Taken over from ");
            Links.Open(link.ToString(), html);
            html.Text(link.ToString()).Markup("</a></span></p>"u8);
        }
        else
        {
            WriteLine(line, html);
        }
    }

    /// <summary>Says that the person went back, with the place where what was abandoned begins.</summary>
    internal static void Write(Rewind rewind, HtmlWriter html) =>
        html.Markup("<p class=\"happened rewind\" data-from=\""u8).Number(rewind.FromSeq).Markup("\" data-to=\""u8).Number(rewind.ToSeq)
            .Markup("\"><span>"u8).Text(Line(rewind)).Markup("</span></p>"u8);

    /// <summary>The rewind in words.</summary>
    internal static string Line(Rewind rewind) => rewind.FromSeq == rewind.ToSeq
        ? "Went back: one entry was abandoned"
        : string.Create(CultureInfo.InvariantCulture, $"Went back: {rewind.ToSeq - rewind.FromSeq + 1} entries were abandoned");

    internal static void WriteLine(string line, HtmlWriter html) => html.Markup("<p class=\"happened\"><span>"u8).Marked(line).Markup("</span></p>"u8);

    /// <summary>The event in words.</summary>
    internal static string Line(JsonElement block) => block.String("event") switch
    {
        "compacted" => block.String("trigger") == "manual" ? "Conversation compacted by hand" : "Conversation compacted",
        PublicLink.TakenOver => PublicLink.TryParse(block.String("link")) is { } link ? $"Taken over from {link}" : "Taken over from another machine",
        "interrupted" => Lines.OneLine($"Interrupted {block.String("text")}", MaxLine),
        "unanswered" => Lines.OneLine($"Not answered: {block.String("text")}", MaxLine),
        RoomEvents.Joined => $"{Name(block)} joined",
        RoomEvents.Left => $"{Name(block)} left",
        RoomEvents.Removed => $"{Name(block)} was removed by {Name(block, "by")}",
        RoomEvents.Owner => $"{Name(block)} owns this workspace now",
        RoomEvents.Closed => $"{Name(block)} closed this workspace",
        { } other => Lines.OneLine($"{other.Replace('_', ' ')} {block.String("text")}", MaxLine),
        null => "Something happened",
    };

    private static string Name(JsonElement block, string member = "name") => Lines.OneLine(block.String(member) ?? "Somebody", MaxName);
}
