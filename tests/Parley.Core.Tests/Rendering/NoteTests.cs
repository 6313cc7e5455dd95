using System.Buffers;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Xunit;

namespace Parley.Core.Tests.Rendering;

/// <summary>What people say to each other, and what happens among them, as it is shown.</summary>
public sealed class NoteTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_note_shows_its_author_and_marks_names()
    {
        IElement note = Render(Note.Entry("Sarah Lee", "@David see `a@b` and me@example.org", "c-1", Noon));

        Assert.Equal(("entry talk", "Sarah Lee", "c-1"), (note.ClassName, note.GetAttribute("data-author"), note.GetAttribute("data-client")));
        Assert.Equal(("S", "true"), (note.QuerySelector(".avatar")!.TextContent, note.QuerySelector(".avatar")!.GetAttribute("aria-hidden")));
        Assert.Equal(["@David"], note.QuerySelectorAll(".mention").Select(mention => mention.TextContent));
    }

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>", "?")]
    [InlineData("\" onclick=\"alert(1)", "O")]
    [InlineData("🦊", "?")]
    [InlineData("épée", "É")]
    public void Names_are_text_wherever_they_stand(string name, string initial)
    {
        IElement note = Render(Note.Entry(name, name, name, Noon));
        AllowList.AssertHolds(note);
        Assert.Equal(initial == "?" ? Avatar.Initial(name) : initial, note.QuerySelector(".avatar")!.TextContent);

        AllowList.AssertHolds(Render(RoomEvents.Entry(RoomEvents.Removed, name, Noon, by: name)));
    }

    [Fact]
    public void A_face_is_the_same_for_the_same_name()
    {
        Assert.Equal(Avatar.Hue("Sarah"), Avatar.Hue(new string("Sarah")));
        Assert.All(Enumerable.Range(0, 1000), i => Assert.InRange(Avatar.Hue($"name {i}"), 0, Avatar.Hues - 1));
    }

    [Theory]
    [InlineData(RoomEvents.Joined, "Sarah joined")]
    [InlineData(RoomEvents.Left, "Sarah left")]
    [InlineData(RoomEvents.Removed, "Sarah was removed by Jacob")]
    [InlineData(RoomEvents.Owner, "Sarah owns this workspace now")]
    public void What_happens_among_the_people_is_one_line(string what, string says)
    {
        IElement line = Render(RoomEvents.Entry(what, "Sarah", Noon, by: "Jacob"));
        Assert.Equal(("entry event aside", says), (line.ClassName, line.QuerySelector(".happened")!.TextContent));
    }

    private static IElement Render(Entry entry)
    {
        var html = new ArrayBufferWriter<byte>();
        new EntryRenderer().Render(entry, 1, html);
        return new HtmlParser().ParseDocument(Encoding.UTF8.GetString(html.WrittenSpan)).QuerySelector("article")!;
    }
}
