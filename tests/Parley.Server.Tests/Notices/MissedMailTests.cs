using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Notices;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Tests.Turns;

namespace Parley.Server.Tests.Notices;

public sealed class MissedMailOnSqlite : MissedMailTests<Sqlite>;

public sealed class MissedMailOnPostgres : MissedMailTests<Postgres>;

/// <summary>Mail for what people miss of a workspace, through a real mail server.</summary>
public abstract class MissedMailTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase, new()
{
    private int _notes;

    private MailServer Mail { get; set; } = null!;

    private RunningServer Server { get; set; } = null!;

    private Workspace Workspace { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Mail = await MailServer.StartAsync();
        Server = await RunningServer.StartAsync(new TDatabase(), Mail.Settings);
        Workspace = await Workspace.OpenAsync(Server);
    }

    public async ValueTask DisposeAsync()
    {
        await Workspace.DisposeAsync();
        await Server.DisposeAsync();
        await Mail.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_called_and_does_not_come_is_mailed_by_whom_and_where_and_not_what()
    {
        await SarahAsync();
        long seq = await SayAsync("@Sarah the harbour of Holmhaven floods");

        await WaitAsync();

        TakenLetter letter = await Mail.NextAsync();
        Assert.Equal(("sarah@example.org", $"/c/{Workspace.Id}?at={seq}#e{seq}"), (letter.To, letter.Path));
        Assert.Contains("Subject: owner mentioned you", letter.Header);
        Assert.Contains("owner mentioned you in “A session” on Parley", letter.Text);
        Assert.Contains("http://parley.example/account#mail", letter.Text);
        Assert.DoesNotContain("Holmhaven", letter.Raw);
    }

    [Fact]
    public async Task Nobody_is_mailed_before_the_time_is_over()
    {
        await SarahAsync();
        await SayAsync("@Sarah look");

        Server.Clock.Advance(MissedMail.Patience - TimeSpan.FromSeconds(1));
        await Server.Get<MissedMail>().SendDueAsync(default);

        await NothingIsMailedAsync();
    }

    [Fact]
    public async Task Many_calls_are_one_mail_and_the_next_comes_after_they_have_been_there()
    {
        Person sarah = await SarahAsync(), david = await Server.MemberAsync(Workspace.Id, "David", MemberRole.Suggester);
        await SayAsync("@Sarah look");
        await SayAsync("@Sarah, please", david);
        await SayAsync("@Sarah!", david);

        await WaitAsync();
        Assert.Contains("owner and David mentioned you", (await Mail.NextAsync()).Text);
        await SayAsync("@Sarah where are you");
        await WaitAsync();
        await NothingIsMailedAsync();

        using TestBrowser browser = await TestBrowser.SignedInAsync(Server, client: sarah.Client);
        Assert.Equal(HttpStatusCode.OK, (await browser.Client.GetAsync($"/c/{Workspace.Id}")).StatusCode);
        await SayAsync("@Sarah once more", david);
        await WaitAsync();
        Assert.Contains("David mentioned you", (await Mail.NextAsync()).Text);
    }

    [Theory]
    [InlineData("opens the page")]
    [InlineData("has read it")]
    [InlineData("reads the inbox")]
    [InlineData("watches")]
    public async Task Who_comes_in_time_is_not_mailed(string how)
    {
        Person sarah = await SarahAsync();
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server, client: sarah.Client);
        long seq = await SayAsync("@Sarah look");

        Watcher? watcher = null;
        switch (how)
        {
            case "opens the page": (await browser.Client.GetAsync($"/c/{Workspace.Id}")).Dispose(); break;
            case "has read it": (await sarah.Client.PostAsJsonAsync($"/api/sessions/{Workspace.Id}/seen", new { seq })).EnsureSuccessStatusCode(); break;
            case "reads the inbox": (await sarah.Client.PostAsync("/api/inbox/read", null)).EnsureSuccessStatusCode(); break;
            case "watches": watcher = await Watcher.OpenAsync(sarah.Client, Workspace.Id); await watcher.NextAsync("room"); break;
        }
        await WaitAsync();

        await NothingIsMailedAsync();
        watcher?.Dispose();
    }

    [Fact]
    public async Task Who_is_removed_is_not_mailed_even_when_the_mail_waits_already()
    {
        Person sarah = await SarahAsync(), david = await Server.MemberAsync(Workspace.Id, "David", MemberRole.Viewer, "david@example.org");
        await Mail.RefuseAsync(451);
        await SayAsync("@Sarah look");
        await WaitAsync();
        Assert.Equal("sarah@example.org", await Mail.RefusedAsync());
        await Mail.RefuseAsync(0);
        await SayAsync("@David look");

        foreach (Person gone in (Person[])[sarah, david])
            (await Server.Owner.DeleteAsync($"/api/sessions/{Workspace.Id}/members/{gone.Id}")).EnsureSuccessStatusCode();
        await WaitAsync();

        // When it is tried again depends on when its refusal was heard.
        await Eventually.TrueAsync(async () =>
        {
            Server.Clock.Advance(MissedMail.Patience);
            return await CountAsync("mails") == 0;
        });
        await NothingIsMailedAsync();
    }

    [Fact]
    public async Task Who_has_turned_it_off_is_not_mailed_until_it_is_on_again()
    {
        Person sarah = await SarahAsync();
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server, client: sarah.Client);
        using HttpResponseMessage off = await browser.SubmitAsync("/account/mail", ("wanted", "no"));
        Assert.Equal("/account#mail", off.Headers.Location?.ToString());
        Assert.Contains("Mail me what I miss", await browser.Client.GetStringAsync("/account"));
        await SayAsync("@Sarah look");
        await WaitAsync();
        await NothingIsMailedAsync();

        using HttpResponseMessage on = await sarah.Client.PatchAsJsonAsync("/api/account", new { wantsMail = true });
        Assert.True((await on.JsonAsync()).GetProperty("wantsMail").GetBoolean());
        await SayAsync("@Sarah look again");
        await WaitAsync();
        Assert.Equal("sarah@example.org", (await Mail.NextAsync()).To);
    }

    [Fact]
    public async Task Who_has_no_address_is_not_mailed()
    {
        await Server.MemberAsync(Workspace.Id, "Sarah", MemberRole.Prompter);
        await SayAsync("@Sarah look");

        await WaitAsync();

        await NothingIsMailedAsync();
    }

    [Fact]
    public async Task Names_and_titles_are_one_line_of_a_mail()
    {
        await SarahAsync();
        (await Server.Owner.PatchAsJsonAsync($"/api/sessions/{Workspace.Id}", new { title = "Tides\u2028Bcc: all@example.org" })).EnsureSuccessStatusCode();
        await SayAsync("@Sarah look");

        await WaitAsync();

        TakenLetter letter = await Mail.NextAsync();
        Assert.DoesNotContain(letter.Header, line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("“Tides Bcc: all@example.org”", letter.Text);
    }

    [Fact]
    public async Task A_card_is_mailed_at_once_to_those_who_decide_and_not_what_it_shows()
    {
        Person vera = await Server.MemberAsync(Workspace.Id, "Vera", MemberRole.Viewer, "vera@example.org");
        await SarahAsync();
        (await Workspace.Owner.PutAsync($"/api/sessions/{Workspace.Id}/approvers/{vera.Id}", null)).EnsureSuccessStatusCode();
        TakenTurn turn = await RunningAsync();

        await AskAsync(turn, "r1", "make Holmhaven");

        TakenLetter letter = await Mail.NextAsync();
        Assert.Equal(("vera@example.org", $"/c/{Workspace.Id}"), (letter.To, letter.Path));
        Assert.Contains("Claude asks to be allowed something, for owner", letter.Text);
        Assert.DoesNotContain("Holmhaven", letter.Raw);
        await AskAsync(turn, "r2", "make again");
        await NothingIsMailedAsync();
    }

    [Fact]
    public async Task A_card_is_not_mailed_while_one_of_those_who_decide_is_there()
    {
        Person vera = await Server.MemberAsync(Workspace.Id, "Vera", MemberRole.Viewer, "vera@example.org");
        (await Workspace.Owner.PutAsync($"/api/sessions/{Workspace.Id}/approvers/{vera.Id}", null)).EnsureSuccessStatusCode();
        using Watcher owner = await Watcher.OpenAsync(Workspace.Owner, Workspace.Id);
        await owner.NextAsync("room");

        await AskAsync(await RunningAsync(), "r1", "make");

        await NothingIsMailedAsync();
    }

    private Task<Person> SarahAsync() => Server.MemberAsync(Workspace.Id, "Sarah", MemberRole.Prompter, "sarah@example.org");

    private async Task<long> SayAsync(string text, Person? by = null)
    {
        using HttpResponseMessage answer = await (by?.Client ?? Server.Owner).PostAsJsonAsync($"/api/sessions/{Workspace.Id}/notes", new { text, clientId = $"n{++_notes}" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.JsonAsync()).Number("seq");
    }

    // Until it is decided about every call.
    private async Task WaitAsync()
    {
        Server.Clock.Advance(MissedMail.Patience);
        await Eventually.TrueAsync(async () => await CountAsync("notices WHERE mail_at IS NOT NULL") == 0);
    }

    // What was to go out would have gone out before this.
    private async Task NothingIsMailedAsync()
    {
        await Server.Owner.InviteAsync(Workspace.Id, $"marker{++_notes}@example.org");
        Assert.Equal($"marker{_notes}@example.org", (await Mail.NextAsync()).To);
    }

    private async Task<TakenTurn> RunningAsync()
    {
        await Workspace.PromptAsync("Do it.");
        return (await Workspace.TakeAsync())!;
    }

    private static async Task AskAsync(TakenTurn turn, string requestId, string command)
    {
        using HttpResponseMessage answer = await turn.SendAsync("permissions", JsonSerializer.Serialize(new { requestId, tool = "Bash", input = new { command } }));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private ValueTask<long> CountAsync(string what) => Server.Get<Database>().ReadAsync(c => c.FirstAsync($"SELECT count(*) FROM {what}", row => row.Number(0), default));
}
