using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Parley.Core.Redaction;
using Parley.Core.Sessions;
using Parley.Core.Takeover;
using Parley.Core.Takeover.Bundles;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>
/// Sessions of the corpus that were handed over, each to a home and a project of its own, and gone on with by the real client there. What it sent
/// to the model is kept. A few run at a time.
/// </summary>
/// <param name="names">Which sessions of the corpus.</param>
public abstract class TakenOver(IReadOnlyList<string> names) : IAsyncLifetime
{
    private const int AtATime = 4;

    private readonly string _root = Directory.CreateTempSubdirectory("parley-taken-over-").FullName;
    private readonly SemaphoreSlim _free = new(AtATime);
    private readonly ConcurrentDictionary<string, Lazy<Task<JsonArray>>> _resumed = new();
    private ScriptedModel? _model;

    public async ValueTask InitializeAsync() => _model = await ScriptedModel.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await ((Task)Task.WhenAll(_resumed.Values.Select(resumed => resumed.Value))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _model!.DisposeAsync();
        _free.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    public string Home(string name) => Directory.CreateDirectory(Path.Combine(_root, name, "home", "bob")).FullName;

    public string Project(string name) => Directory.CreateDirectory(Path.Combine(_root, name, "their shop")).FullName;

    /// <summary>The messages that the client sends to the model when it resumes a session, the new prompt at the end. All sessions are resumed at the first call.</summary>
    public Task<JsonArray> ResumeAsync(string name)
    {
        RealClient.Require();
        foreach (string each in names)
            _ = _resumed.GetOrAdd(each, n => new Lazy<Task<JsonArray>>(() => RunAsync(n))).Value;
        return _resumed[name].Value;
    }

    /// <summary>A session as it is when it has come over.</summary>
    /// <param name="name">Of the corpus.</param>
    /// <param name="folder">Where its files go.</param>
    protected abstract Task<ReceivedSession> ArriveAsync(string name, string folder);

    /// <summary>Copies the files of a packed session, which is what a transfer does.</summary>
    protected static ReceivedSession Transfer(PackedSession packed, string folder)
    {
        foreach (PackedFile file in packed.Files)
        {
            string path = Path.Combine(folder, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using Stream from = file.Open(), to = File.Create(path);
            from.CopyTo(to);
        }
        return new ReceivedSession { Agent = packed.Agent, Id = packed.Id, Origin = packed.Origin, Folder = folder, Files = [.. packed.Files.Select(file => file.Name)] };
    }

    private async Task<JsonArray> RunAsync(string name)
    {
        await _free.WaitAsync();
        try
        {
            InstalledSession installed = await Task.Run(async () => SessionInstaller.Install(await ArriveAsync(name, Path.Combine(_root, name, "arrived")), TargetOf(name)));
            string script = name.ToLowerInvariant();
            _model!.Script(script, Turn.Says("Gone on."));
            await PrintAsync(name, "--resume", installed.SessionId, $"[[{script}]]");
            return _model.RequestsOf(script)[0]["messages"]!.AsArray();
        }
        finally
        {
            _free.Release();
        }
    }

    private InstallTarget TargetOf(string name) =>
        new() { Home = Home(name), ClientFolder = Path.Combine(Home(name), ".claude"), ProjectFolder = Project(name), NewId = Guid.NewGuid };

    private async Task PrintAsync(string name, params string[] arguments)
    {
        ProcessStartInfo start = RealClient.Start(Home(name), Project(name), _model!, ["-p", .. arguments]);
        using Process client = Process.Start(start)!;
        client.StandardInput.Close();
        Task<string> error = client.StandardError.ReadToEndAsync();
        string output = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        Assert.True(client.ExitCode == 0, $"{output}{await error}");
        Assert.Equal("Gone on.", output.Trim());
    }
}

/// <summary>All of them, packed as they are.</summary>
public sealed class AllTakenOver() : TakenOver(Corpus.Names)
{
    protected override Task<ReceivedSession> ArriveAsync(string name, string folder)
    {
        using PackedSession packed = SessionPacker.Pack(TranscriptReader.Open(Corpus.Session(name)).Info);
        return Task.FromResult(Transfer(packed, folder));
    }
}

/// <summary>Those with something that a redaction may break, packed redacted.</summary>
public sealed class RedactedTakenOver() : TakenOver(Sessions)
{
    public static readonly string[] Sessions = ["02-tool-use", "05-thinking", "06-images", "09-subagents", "10-compaction-manual", "16-secrets", "18-api-errors", "23-mcp", "27-lone-surrogate"];

    protected override Task<ReceivedSession> ArriveAsync(string name, string folder)
    {
        TranscriptInfo info = TranscriptReader.Open(Corpus.Session(name)).Info;
        var redactor = new Redactor(new RedactionOptions { HomeFolders = ["/home/jane.doe"], UserNames = ["jane.doe"], ProjectFolders = [info.WorkingDirectory!] });
        using PackedSession packed = SessionPacker.PackRedacted(info, redactor, folder + "-redacted");
        return Task.FromResult(Transfer(packed, folder));
    }
}

/// <summary>Those of every kind, shared as a bundle and taken over from that.</summary>
public sealed class PulledSessions() : TakenOver(Sessions)
{
    public static readonly string[] Sessions = ["01-plain-chat", "03-parallel", "04-tool-errors", "06-images", "09-subagents", "10-compaction-manual", "14-interrupted", "20-plan-tasks-questions", "27-lone-surrogate"];

    protected override async Task<ReceivedSession> ArriveAsync(string name, string folder)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        using FileStream bundle = File.Create(folder + ".jsonl");
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new BundleWriter(buffer);
        Transcript transcript = TranscriptReader.Open(Corpus.Session(name));
        writer.WriteHeader(new SessionHeader { Title = transcript.Info.DisplayTitle, Project = transcript.Info.Project });
        foreach (Entry entry in transcript.Entries())
            writer.WriteEntry(entry);
        writer.WriteEnd();
        bundle.Write(buffer.WrittenSpan);
        bundle.Flush();
        return await BundleTranscript.StageAsync(bundle, folder, CancellationToken.None);
    }
}
