using Parley.Core.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Live;

public sealed class RewindsOnSqlite(ServerFixture<Sqlite> fixture) : RewindTests<Sqlite>(fixture);

public sealed class RewindsOnPostgres(ServerFixture<Postgres> fixture) : RewindTests<Postgres>(fixture);

/// <summary>What the person went back behind stays in the log and is folded away on the page.</summary>
public abstract class RewindTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private HttpClient Owner => fixture.Server.Owner;

    [Fact]
    public async Task Abandoned_entries_are_folded_and_the_marker_says_so()
    {
        string id = await SessionAsync();
        await Owner.AppendedAsync(id, 4, Marker(3, 4), Bundles.Prompt("new three"));

        string page = await Owner.GetStringAsync($"/s/{id}");

        Assert.Equal(["one", "two", "<fold 2 abandoned entries>", "three", "four", "</fold>", "Went back: 2 entries were abandoned", "new three"], Outline(page));
        Assert.Contains("class=\"happened rewind\" data-from=\"3\" data-to=\"4\"", page, StringComparison.Ordinal);
        Assert.Contains("four", await Owner.GetStringAsync($"/api/sessions/{id}/bundle"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Going_back_further_folds_what_was_folded_once()
    {
        string id = await SessionAsync();
        await Owner.AppendedAsync(id, 4, Marker(3, 4), Bundles.Prompt("new three"), Marker(2, 6));

        string page = await Owner.GetStringAsync($"/s/{id}");

        Assert.Equal(1, Outline(page).Count(line => line.StartsWith("<fold", StringComparison.Ordinal)));
        Assert.Contains("<fold 5 abandoned entries>", Outline(page));
    }

    [Fact]
    public async Task A_link_to_an_abandoned_entry_opens_its_fold()
    {
        string id = await SessionAsync();
        await Owner.AppendedAsync(id, 4, Marker(3, 4));

        Assert.Contains("<details class=\"rewound\" open>", await Owner.GetStringAsync($"/s/{id}?at=4"), StringComparison.Ordinal);
        Assert.Contains("<details class=\"rewound\">", await Owner.GetStringAsync($"/s/{id}?at=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_marker_of_what_can_not_be_folds_nothing()
    {
        string id = await SessionAsync();
        await Owner.AppendedAsync(id, 4, Marker(4, 3), Marker(0, 2), Marker(3, 900), Bundles.Blocks(Role.Event, new { type = "rewound", fromSeq = "1" }));

        Assert.DoesNotContain("<details class=\"rewound\"", await Owner.GetStringAsync($"/s/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_that_comes_back_is_folded_alike()
    {
        string id = await SessionAsync();
        await Owner.AppendedAsync(id, 4, Marker(3, 4));
        byte[] bundle = await Owner.GetByteArrayAsync($"/api/sessions/{id}/bundle");

        using HttpResponseMessage again = await fixture.Server.UploadAsync(Bundles.Content(bundle));
        string copy = (await again.JsonAsync()).Text("shareId");

        Assert.Equal(Outline(await Owner.GetStringAsync($"/s/{id}")), Outline(await Owner.GetStringAsync($"/s/{copy}")));
    }

    private Task<string> SessionAsync() =>
        fixture.Server.ShareAsync([Bundles.Prompt("one"), Bundles.Answer("two"), Bundles.Prompt("three"), Bundles.Answer("four")], "?live=true");

    private static Entry Marker(long from, long to) => Bundles.Blocks(Role.Event, new { type = "rewound", fromSeq = from, toSeq = to });

    // The texts of the page's entries in order, with where a fold begins and ends.
    private static List<string> Outline(string page)
    {
        string[] texts = ["one", "two", "three", "four", "new three"];
        List<string> lines = [];
        bool isFolded = false;
        string entries = page[page.IndexOf("<div id=\"entries\"", StringComparison.Ordinal)..page.IndexOf("</main>", StringComparison.Ordinal)];
        foreach (string piece in entries.Split('<'))
        {
            string text = piece[(piece.IndexOf('>', StringComparison.Ordinal) + 1)..].Trim();
            isFolded |= piece.StartsWith("details class=\"rewound\"", StringComparison.Ordinal);
            if (text.EndsWith("abandoned entries", StringComparison.Ordinal))
                lines.Add($"<fold {text}>");
            else if (texts.Contains(text) || text.StartsWith("Went back", StringComparison.Ordinal))
                lines.Add(text);
            else if (isFolded && piece.StartsWith("/details>", StringComparison.Ordinal))
            {
                lines.Add("</fold>");
                isFolded = false;
            }
        }
        return lines;
    }
}
