using System.Text.Json.Nodes;
using Parley.Core.Redaction;
using Parley.Core.Takeover;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.Codex;

/// <summary>
/// Sessions of Codex that were handed over to another home and project, resumed by the real client there: what the model is sent is what it was sent when
/// their author resumed them, but for the folders.
/// </summary>
public sealed class TakeoverTests : IAsyncLifetime
{
    private const string SendersProject = "/home/jane.doe/acme-shop", SendersHome = "/home/jane.doe";

    private readonly string _root = Directory.CreateTempSubdirectory("parley-codex-").FullName;
    private ScriptedResponses? _model;

    public static TheoryData<string> Sessions => [.. Corpus.CodexNames];

    public static TheoryData<string> Redacted => ["codex-02-tool-use", "codex-06-compaction", "codex-07-fork"];

    private string Home => Directory.CreateDirectory(Path.Combine(_root, "home", "bob")).FullName;

    private string Project => Directory.CreateDirectory(Path.Combine(_root, "their shop")).FullName;

    public async ValueTask InitializeAsync() => _model = await ScriptedResponses.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _model!.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task The_model_is_sent_what_it_was_sent_at_home(string name)
    {
        RealCodex.Require();
        using PackedSession packed = SessionPacker.Pack(Info(name));
        IReadOnlyList<string> sent = SentItems.Of(await ResumeAsync(packed));
        string oracle = File.ReadAllText(Corpus.Oracle(name)).Replace(SendersProject, Project, StringComparison.Ordinal).Replace(SendersHome, Home, StringComparison.Ordinal);
        Assert.Equal(SentItems.Of(JsonNode.Parse(oracle)!.AsArray()), sent.SkipLast(1));
    }

    [Theory]
    [MemberData(nameof(Redacted))]
    public async Task A_redacted_one_can_be_gone_on_with(string name)
    {
        RealCodex.Require();
        var redactor = new Redactor(new RedactionOptions { HomeFolders = [SendersHome], UserNames = ["jane.doe"], ProjectFolders = [SendersProject] });
        using PackedSession packed = SessionPacker.PackRedacted(Info(name), redactor, Path.Combine(_root, "redacted"), TestContext.Current.CancellationToken);
        IReadOnlyList<string> sent = SentItems.Of(await ResumeAsync(packed));
        Assert.Equal(SentItems.Of(JsonNode.Parse(File.ReadAllText(Corpus.Oracle(name)))!.AsArray()).Count, sent.Count - 1);
        Assert.DoesNotContain(sent, item => item.Contains("jane.doe", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_that_the_senders_client_told_the_model_is_told_again()
    {
        RealCodex.Require();
        using PackedSession packed = SessionPacker.Pack(Info("codex-06-compaction"));
        string sent = (await ResumeAsync(packed)).ToJsonString();
        Assert.DoesNotContain("You work for the Acme shop.", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("Always say please.", sent, StringComparison.Ordinal);
        Assert.DoesNotContain(SendersHome, sent, StringComparison.Ordinal);
    }

    private static TranscriptInfo Info(string name) => TranscriptReader.Open(Corpus.CodexSession(name)).Info;

    // What the client sends when it resumes the session, the new prompt at the end.
    private async Task<JsonArray> ResumeAsync(PackedSession packed)
    {
        InstalledSession installed = SessionInstaller.Install(Transfer(packed), new InstallTarget
        {
            Home = Home,
            ClientFolder = Path.Combine(Home, ".codex"),
            ProjectFolder = Project,
            NewId = Guid.NewGuid,
        });
        _model!.Script("go-on", ScriptedResponses.Says("Gone on."));
        Assert.Equal("Gone on.", await RealCodex.RunAsync(Home, Project, _model, "resume", installed.SessionId, "[[go-on]]"));
        return _model.RequestsOf("go-on")[0];
    }

    private ReceivedSession Transfer(PackedSession packed)
    {
        string folder = Path.Combine(_root, "arrived");
        foreach (PackedFile file in packed.Files)
        {
            string path = Path.Combine(folder, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using Stream from = file.Open(), to = File.Create(path);
            from.CopyTo(to);
        }
        return new ReceivedSession { Agent = packed.Agent, Id = packed.Id, Origin = packed.Origin, Folder = folder, Files = [.. packed.Files.Select(file => file.Name)] };
    }
}
