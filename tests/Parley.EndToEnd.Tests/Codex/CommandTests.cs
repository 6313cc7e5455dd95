using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.Command;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.Codex;

/// <summary>The command and Codex's sessions, without the client.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly Home _home = new();

    public CommandTests()
    {
        _home.Environment["CODEX_HOME"] = null;
        _home.Environment["CODEX_THREAD_ID"] = null;
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Sessions_of_both_agents_are_listed_together_and_the_table_says_whose_they_are()
    {
        Add("codex-05-rewind");
        Directory.CreateDirectory(_home.Sessions);
        File.Copy(Corpus.Session("01-plain-chat"), Path.Combine(_home.Sessions, Path.GetFileName(Corpus.Session("01-plain-chat"))));
        string table = (await _home.RunAsync("sessions")).Succeeded();
        Assert.Contains("AGENT", table, StringComparison.Ordinal);
        Assert.Matches(@"cart tour .*codex", table);
        Assert.Matches(@"Ask about the cart module .*claude-code", table);
        JsonElement[] sessions = [.. JsonElement.Parse((await _home.RunAsync("sessions", "--json")).Succeeded()).EnumerateArray()];
        Assert.Equal(["claude-code", "codex"], sessions.Select(session => session.GetProperty("agent").GetString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_table_of_one_agent_says_nothing_of_agents()
    {
        Add("codex-01-plain-chat");
        Assert.DoesNotContain("AGENT", (await _home.RunAsync("sessions")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Within_Codex_its_own_session_is_meant()
    {
        Add("codex-01-plain-chat");
        Add("codex-02-tool-use");
        _home.Environment["CODEX_THREAD_ID"] = "01a1fb92-12eb-7611-abb1-867a8f57a57f";
        Assert.Contains("hi, what is in the cart module?", (await _home.RunAsync("export", "--format", "md")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_in_a_file_is_imported_for_Codex_to_go_on_with()
    {
        string project = Directory.CreateDirectory(_home.PathOf("their shop")).FullName;
        Result imported = await _home.RunAsync("import", Corpus.CodexSession("codex-07-fork"), "--into", project);
        Assert.Equal($"cd '{project}' && codex resume 01a1fb92-22cb-7d13-8b67-6b46b31c6513", imported.Succeeded().Trim());
        JsonElement listed = Assert.Single(JsonElement.Parse((await _home.RunAsync("sessions", "--json")).Succeeded()).EnumerateArray());
        Assert.Equal(5, listed.GetProperty("messageCount").GetInt32());
        Assert.Equal(project, listed.GetProperty("project").GetString());
    }

    [Fact]
    public async Task No_secret_goes_out_wherever_it_stands_in_a_rollout()
    {
        string[] secrets = [.. Enumerable.Range(0, 12).Select(_ => Secret.GitHubToken())];
        string shared = (await _home.RunAsync("export", Write(secrets), "--format", "jsonl")).Succeeded();
        Assert.Contains("deploy it", shared, StringComparison.Ordinal);
        Assert.Contains("curl", shared, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, shared, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_password_in_the_environment_of_a_command_is_gone_from_what_the_model_says_of_it()
    {
        string password = Secret.Password();
        string path = Save(
            Item(new JsonObject { ["type"] = "function_call", ["call_id"] = "c", ["name"] = "exec_command", ["arguments"] = """{"cmd":"env"}""" }),
            Item(new JsonObject { ["type"] = "function_call_output", ["call_id"] = "c", ["output"] = $"Chunk ID: a\nProcess exited with code 0\nOutput:\nDB_PASSWORD={password}\n" }),
            Item(Message("assistant", "output_text", $"It is {password}.")));
        Assert.DoesNotContain(password, (await _home.RunAsync("export", path, "--format", "jsonl")).Succeeded(), StringComparison.Ordinal);
    }

    // A secret in each place: those that are shown, and those that only the client knows.
    private string Write(string[] secrets) => Save(
        Item(Message("developer", "input_text", $"Use {secrets[0]}.")),
        Item(Message("user", "input_text", $"<environment_context>{secrets[1]}</environment_context>")),
        new JsonObject { ["type"] = "turn_context", ["payload"] = new JsonObject { ["cwd"] = "/srv", ["model"] = "gpt-5.5", ["user_instructions"] = secrets[2] } },
        new JsonObject { ["type"] = "world_state", ["payload"] = new JsonObject { ["state"] = secrets[3] } },
        Item(Message("user", "input_text", $"deploy it with {secrets[4]}")),
        Item(new JsonObject { ["type"] = "reasoning", ["summary"] = new JsonArray(new JsonObject { ["text"] = $"with {secrets[5]}" }), ["encrypted_content"] = secrets[6] }),
        Item(new JsonObject { ["type"] = "function_call", ["call_id"] = "c", ["name"] = "exec_command", ["arguments"] = $$"""{"cmd":"curl -H {{secrets[7]}}"}""" }),
        Item(new JsonObject { ["type"] = "function_call_output", ["call_id"] = "c", ["output"] = $"{{\"output\":\"{secrets[8]}\",\"metadata\":{{\"exit_code\":1}}}}" }),
        new JsonObject { ["type"] = "event_msg", ["payload"] = new JsonObject { ["type"] = "item_completed", ["item"] = new JsonObject { ["aggregated_output"] = secrets[9] } } },
        new JsonObject { ["type"] = "compacted", ["payload"] = new JsonObject { ["message"] = $"The token is {secrets[10]}", ["replacement_history"] = new JsonArray(secrets[0]) } },
        new JsonObject { ["type"] = "hologram", ["payload"] = new JsonObject { ["key"] = secrets[11] } });

    private string Save(params JsonObject[] lines)
    {
        var meta = new JsonObject
        {
            ["type"] = "session_meta",
            ["payload"] = new JsonObject { ["id"] = "01a1fb93-3873-7131-8004-000000000001", ["cwd"] = "/srv", ["git"] = new JsonObject { ["repository_url"] = "https://jane:" + Secret.GitHubToken() + "@git.acme.example/shop.git" } },
        };
        string path = _home.PathOf("rollout.jsonl");
        File.WriteAllLines(path, lines.Prepend(meta).Select(line => line.ToJsonString()));
        return path;
    }

    private static JsonObject Item(JsonObject payload) => new() { ["type"] = "response_item", ["payload"] = payload };

    private static JsonObject Message(string role, string type, string text) => new()
    {
        ["type"] = "message",
        ["role"] = role,
        ["content"] = new JsonArray(new JsonObject { ["type"] = type, ["text"] = text }),
    };

    private void Add(string name)
    {
        foreach (string file in Directory.GetFiles(Corpus.Folder(name), "*.jsonl", SearchOption.AllDirectories))
        {
            string copy = _home.PathOf(".codex", Path.GetRelativePath(Corpus.Folder(name), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
