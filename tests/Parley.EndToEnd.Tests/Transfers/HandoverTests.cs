using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary>A session goes from one machine to another, over loopback.</summary>
public sealed class HandoverTests : IDisposable
{
    private readonly Pair _pair = new();

    [Fact]
    public async Task A_session_goes_to_another_machine_and_is_one_of_its_own_there()
    {
        Written session = _pair.New().Title("The tide tables").Prompt("When is high water?").Answer("At six.").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id);
        JsonElement report = JsonDocument.Parse((await _pair.ReceiveAsync(sender, "--all", "--into", _pair.Receiver.Project, "--json")).Succeeded()).RootElement;

        JsonElement installed = Assert.Single(report.GetProperty("installed").EnumerateArray());
        Assert.Equal(session.Id, installed.GetProperty("sessionId").GetString());
        string path = installed.GetProperty("path").GetString()!;
        Assert.Equal(Path.Combine(_pair.Receiver.Sessions, session.Id + ".jsonl"), path);
        JsonElement listed = Assert.Single(await _pair.ReceivedAsync());
        // The third message says where it was taken over from.
        Assert.Equal((session.Id, "The tide tables", _pair.Receiver.Project, 3), (
            listed.GetProperty("sessionId").GetString(), listed.GetProperty("title").GetString(), listed.GetProperty("project").GetString(), listed.GetProperty("messageCount").GetInt32()));
        Assert.Equal("sent", (await sender.UntilAsync("sent")).GetProperty("event").GetString());
        Assert.Equal(0, (await sender.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_session_of_Codex_goes_to_another_machine_and_Codex_goes_on_with_it_there()
    {
        _pair.Receiver.Environment["CODEX_HOME"] = null;
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, Corpus.CodexSession("codex-07-fork"));
        Result received = await _pair.ReceiveAsync(sender, "--all", "--into", _pair.Receiver.Project);
        Assert.Equal("codex resume 01a1fb92-22cb-7d13-8b67-6b46b31c6513", received.Succeeded().Trim().Split(" && ")[^1]);
        JsonElement listed = Assert.Single(await _pair.ReceivedAsync());
        Assert.Equal(("codex", _pair.Receiver.Project, 5), (
            listed.GetProperty("agent").GetString(), listed.GetProperty("project").GetString(), listed.GetProperty("messageCount").GetInt32()));
    }

    [Fact]
    public async Task Both_sides_show_the_same_verification()
    {
        Written session = _pair.New().Prompt("x").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id);
        JsonElement report = JsonDocument.Parse((await _pair.ReceiveAsync(sender, "--list", "--json")).Succeeded()).RootElement;
        JsonElement connected = await sender.UntilAsync("connected");
        Assert.Equal(connected.GetProperty("verification").GetString(), report.GetProperty("verification").GetString());
        Assert.Equal("127.0.0.1", connected.GetProperty("from").GetString());
    }

    [Fact]
    public async Task The_first_line_says_where_the_sender_is()
    {
        Written session = _pair.New().Prompt("x").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id);
        Assert.Equal(["service", "port", "addresses", "command", "sessions"], sender.Ready.EnumerateObject().Select(member => member.Name));
        Assert.Equal([session.Id], sender.Ready.GetProperty("sessions").EnumerateArray().Select(id => id.GetString()));
        Assert.StartsWith("parley receive", sender.Ready.GetProperty("command").GetString());
    }

    [Fact]
    public async Task A_passphrase_is_made_up_where_none_is_given_and_survives_being_read_out()
    {
        _pair.Sender.Environment.Remove("PARLEY_PASSPHRASE");
        Written session = _pair.New().Prompt("x").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id);
        string passphrase = sender.Ready.GetProperty("passphrase").GetString()!;
        Assert.Matches("^[a-z]+-[a-z]+-[a-z]+-[a-z]+$", passphrase);
        _pair.Receiver.Environment["PARLEY_PASSPHRASE"] = passphrase.ToUpperInvariant().Replace('-', ' ');
        (await _pair.ReceiveAsync(sender, "--all", "--json")).Succeeded();
    }

    [Fact]
    public async Task The_passphrase_can_come_through_standard_input_on_both_sides()
    {
        _pair.Sender.Environment.Remove("PARLEY_PASSPHRASE");
        _pair.Receiver.Environment.Remove("PARLEY_PASSPHRASE");
        Written session = _pair.New().Prompt("x").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartWithInputAsync(_pair.Sender, "from stdin\n", session.Id, "--passphrase-stdin");
        Assert.False(sender.Ready.TryGetProperty("passphrase", out _));
        Result received = await _pair.Receiver.RunAsync(["receive", "--to", sender.Address, "--all", "--passphrase-stdin"], "from stdin\n");
        received.Succeeded();
    }

    [Fact]
    public async Task A_list_takes_nothing_and_leaves_the_sender_waiting()
    {
        Written older = _pair.New().Title("Older").Prompt("x").Answer("y").Save(minutesOld: 60), newer = _pair.New().Prompt("A prompt that is longer than forty characters are").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, "all");
        JsonElement report = JsonDocument.Parse((await _pair.ReceiveAsync(sender, "--list", "--json")).Succeeded()).RootElement;
        JsonElement[] sessions = [.. report.GetProperty("sessions").EnumerateArray()];
        Assert.Equal([newer.Id, older.Id], sessions.Select(session => session.GetProperty("id").GetString()));
        Assert.Equal(["A prompt that is longer than forty chara…", "Older"], sessions.Select(session => session.GetProperty("summary").GetString()));
        Assert.Equal(("main", 2, false, "tidewatch"), (
            sessions[0].GetProperty("branch").GetString(), sessions[0].GetProperty("messages").GetInt32(), sessions[0].GetProperty("isSidechain").GetBoolean(), sessions[0].GetProperty("project").GetString()));
        string table = (await _pair.ReceiveAsync(sender, "--list")).Succeeded();
        Assert.Contains(older.Id, table);
        Assert.Empty(await _pair.ReceivedAsync());
        Assert.Equal(130, (await sender.StopAsync()).ExitCode);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("beginning")]
    [InlineData("number")]
    public async Task One_is_selected_by_its_id_its_beginning_or_its_number(string by)
    {
        _pair.New().Prompt("newest").Answer("y").Save();
        Written wanted = _pair.New().Prompt("wanted").Answer("y").Save(minutesOld: 5);
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, "1-2");
        (await _pair.ReceiveAsync(sender, "--select", by switch { "id" => wanted.Id, "beginning" => wanted.Id[..8], _ => "2" })).Succeeded();
        Assert.Equal(wanted.Id, Assert.Single(await _pair.ReceivedAsync()).GetProperty("sessionId").GetString());
    }

    [Fact]
    public async Task What_is_not_offered_is_not_taken()
    {
        Written session = _pair.New().Prompt("x").Answer("y").Save(), other = _pair.New().Prompt("not offered").Answer("y").Save(minutesOld: 1);
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id);
        Result result = await _pair.ReceiveAsync(sender, "--select", other.Id);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is not offered", result.Error);
    }

    [Fact]
    public async Task Several_sessions_without_a_choice_are_a_usage_error_where_nobody_can_be_asked()
    {
        _pair.New().Prompt("one").Answer("y").Save();
        _pair.New().Prompt("two").Answer("y").Save(minutesOld: 5);
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, "all");
        Result result = await _pair.ReceiveAsync(sender);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--all", result.Error);
    }

    [Fact]
    public async Task Only_the_transcript_goes_out_when_that_is_asked_for()
    {
        Written session = _pair.New().Prompt("x").Answer("y").Save();
        string beside = Directory.CreateDirectory(Path.Combine(_pair.Sender.Sessions, session.Id, "tool-results")).FullName;
        await File.WriteAllTextAsync(Path.Combine(beside, "long.txt"), "the long output");
        using (SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id, "--only", "transcript"))
            (await _pair.ReceiveAsync(sender, "--all")).Succeeded();
        Assert.DoesNotContain("the long output", _pair.ReceivedText());
        using var other = new Pair();
        using (SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id, "--only", "ALL"))
        {
            _pair.Receiver.Environment["HOME"] = other.Receiver.PathOf();
            (await _pair.ReceiveAsync(sender, "--all", "--into", other.Receiver.Project)).Succeeded();
        }
        Assert.Contains("the long output", other.ReceivedText());
    }

    [Fact]
    public async Task A_redacted_session_holds_no_secret_in_its_files_in_the_offer_and_in_its_title()
    {
        string token = Secret.GitHubToken();
        Written session = _pair.New().Title($"With {token}").Prompt($"Use {token} here").Answer("Done").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id, "--redact");
        string list = (await _pair.ReceiveAsync(sender, "--list", "--json")).Succeeded();
        (await _pair.ReceiveAsync(sender, "--all")).Succeeded();
        Assert.DoesNotContain(token, list);
        Assert.DoesNotContain(token, _pair.ReceivedText());
        Assert.Contains("Use [REDACTED:github-token] here", _pair.ReceivedText());
    }

    [Fact]
    public async Task The_same_session_twice_is_there_once()
    {
        Written session = _pair.New().Prompt("x").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id, "--keep-open", "5");
        (await _pair.ReceiveAsync(sender, "--all")).Succeeded();
        JsonElement again = JsonDocument.Parse((await _pair.ReceiveAsync(sender, "--all", "--json")).Succeeded()).RootElement;
        Assert.Equal("alreadyThere", again.GetProperty("installed")[0].GetProperty("outcome").GetString());
        Assert.Single(await _pair.ReceivedAsync());
    }

    [Fact]
    public async Task A_sender_is_found_by_its_name_in_the_network()
    {
        Written session = _pair.New().Prompt("x").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id, "--bind", "0.0.0.0");
        string? service = sender.Ready.GetProperty("service").GetString();
        Assert.SkipWhen(service is null, "This machine has no network that takes multicast.");
        Assert.Matches("^claude-sessions-[a-z]{4,6}$", service);
        (await _pair.Receiver.RunAsync("receive", "--to", service!, "--all")).Succeeded();
        Assert.Single(await _pair.ReceivedAsync());
    }

    [Fact]
    public async Task What_is_next_is_said_in_the_end()
    {
        Written session = _pair.New().Prompt("x").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id);
        Result result = await _pair.ReceiveAsync(sender, "--all");
        Assert.Contains($"claude --resume {session.Id}", result.Succeeded() + result.Error);
    }

    [Fact]
    public async Task The_client_goes_on_with_it_at_once_when_that_is_asked_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The client of this test is a shell script.");
        Written session = _pair.New().Prompt("x").Answer("y").Save();
        string client = _pair.Receiver.PathOf("bin", "claude"), said = _pair.Receiver.PathOf("said");
        Directory.CreateDirectory(Path.GetDirectoryName(client)!);
        await File.WriteAllTextAsync(client, $"#!/bin/sh\necho \"$@\" in $(pwd) > '{said}'\nexit 7\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(client, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _pair.Receiver.Environment["PATH"] = $"{Path.GetDirectoryName(client)}:{Environment.GetEnvironmentVariable("PATH")}";
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id);
        Result result = await _pair.ReceiveAsync(sender, "--all", "--resume");
        Assert.Equal(7, result.ExitCode);
        Assert.Equal($"--resume {session.Id} in {_pair.Receiver.Project}", (await File.ReadAllTextAsync(said)).Trim());
    }

    [Fact]
    public async Task Nothing_is_left_in_the_staging_folder()
    {
        Written session = _pair.New().Prompt("x").Answer("y").Save();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, session.Id);
        (await _pair.ReceiveAsync(sender, "--all")).Succeeded();
        Assert.Empty(Directory.GetFileSystemEntries(_pair.Receiver.PathOf(".local", "state", "parley", "receiving")));
    }

    public void Dispose() => _pair.Dispose();
}
