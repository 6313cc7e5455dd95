using System.Text.Json;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Promoting;

/// <summary>Sessions that are promoted at one server while others are at another, on one PostgreSQL.</summary>
public sealed class PromotionOnTwoServersTests(TwoServers servers) : IClassFixture<TwoServers>
{
    [Fact]
    public async Task Two_servers_invite_each_person_once()
    {
        string id = await servers.One.ShareAsync("one");
        object request = new { recipients = Enumerable.Range(0, 20).Select(n => $"p{n}@example.org") };
        using HttpClient other = servers.Other.ClientWith(servers.One.Key);

        JsonElement[] answers = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(n => (n % 2 == 0 ? servers.One.Owner : other).PromotedAsync(id, request)));

        Assert.Equal(20, answers.Sum(answer => answer.Outcomes().Count(outcome => outcome.EndsWith(" invited", StringComparison.Ordinal))));
        Assert.Single(answers, answer => answer.Steps().Contains("routed"));
        Assert.Equal(20, await servers.Other.Get<Database>().ReadAsync(
            c => c.FirstAsync("SELECT count(*) FROM invitations WHERE session_id = $1", row => row.Number(0), default, id)));
    }

    [Fact]
    public async Task A_machine_at_the_other_server_is_told_with_its_next_entry()
    {
        string id = await servers.One.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using HttpClient other = servers.Other.ClientWith(servers.One.Key);
        await other.AppendedAsync(id, 1, Bundles.Prompt("two"));

        await servers.One.Owner.PromotedAsync(id, new { recipients = new[] { "sarah@example.org" } });

        await (await other.AppendAsync(id, 2, Bundles.Prompt("three"))).ProblemAsync(409);
    }

    [Fact]
    public async Task Appends_of_a_machine_are_before_the_promotion_or_refused()
    {
        string id = await servers.One.ShareAsync([Bundles.Prompt("one")], "?live=true");
        using HttpClient other = servers.Other.ClientWith(servers.One.Key);
        Task<int> driving = DriveAsync(other, id);

        JsonElement promoted = await servers.One.Owner.PromotedAsync(id, new { recipients = new[] { "sarah@example.org" } });

        int taken = await driving;
        Assert.Equal(taken, (await servers.One.Owner.JsonAsync($"/api/sessions/{id}")).Number("lastSeq"));
        Assert.Equal(taken, promoted.GetProperty("steps")[1].GetProperty("counts").Number("messages"));
    }

    // Appends until it is refused; how many entries there are then.
    private static async Task<int> DriveAsync(HttpClient machine, string id)
    {
        for (int last = 1; ; last++)
        {
            using HttpResponseMessage answer = await machine.AppendAsync(id, last, Bundles.Prompt($"entry {last + 1}"));
            if (!answer.IsSuccessStatusCode)
                return last;
        }
    }
}
