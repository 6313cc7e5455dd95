using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Live;
using Parley.Server.Room;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Tests.Turns;

namespace Parley.Server.Tests.Room;

/// <summary>A room whose people are spread over two servers on one database.</summary>
public sealed class TwoServersTests(TwoServers servers) : IClassFixture<TwoServers>
{
    [Fact]
    public async Task People_at_both_servers_see_each_other_come_type_and_talk()
    {
        (RunningServer one, RunningServer other) = (servers.One, servers.Other);
        await using Workspace workspace = await Workspace.OpenAsync(one);
        Fixtures.Person sarah = await other.MemberAsync(workspace.Id, "Sarah", MemberRole.Suggester);
        using Watcher owner = await Watcher.OpenAsync(one.Owner, workspace.Id);
        await owner.NextAsync("typing");
        using Watcher member = await Watcher.OpenAsync(sarah.Client, workspace.Id);
        await member.NextAsync("entry");

        other.Clock.Advance(Presence.Delay);
        await RoomAsync(owner, room => room.GetProperty("people").EnumerateArray().Count(p => p.GetProperty("here").GetBoolean()) == 2);
        using HttpResponseMessage typed = await sarah.Client.PostAsJsonAsync($"/api/sessions/{workspace.Id}/typing", new { draft = "\"half\" a line\n" });
        await Eventually.TrueAsync(() => Task.FromResult(one.Get<Typing>().Now(workspace.Id).Count == 1));
        one.Clock.Advance(Typing.Delay);
        JsonElement typist = (await owner.NextAsync("typing")).Json.GetProperty("people")[0];
        using HttpResponseMessage said = await sarah.Client.PostAsJsonAsync($"/api/sessions/{workspace.Id}/notes", new { text = "Here I am.", clientId = "x" });
        await workspace.PromptAsync("Why?");

        Assert.Equal((sarah.Id, "\"half\" a line\n"), (typist.Number("id"), typist.Text("draft")));
        WatchedEvent note = await owner.NextAsync("entry");
        while (note.Text != "Here I am.")
            note = await owner.NextAsync("entry");
        await RoomAsync(member, room => room.GetProperty("queue").GetProperty("turns").GetArrayLength() == 1);
    }

    private static async Task RoomAsync(Watcher watcher, Func<JsonElement, bool> holds)
    {
        while (!holds((await watcher.NextAsync("room")).Json))
        {
        }
    }
}
