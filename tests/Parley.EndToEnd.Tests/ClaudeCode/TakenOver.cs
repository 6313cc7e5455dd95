using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Parley.Core.Takeover;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>
/// Sessions of the corpus that were handed over, each to a home and a project of its own, and gone on with by the real client there. What it sent
/// to the model is kept. A few run at a time.
/// </summary>
public sealed class TakenOver : IAsyncLifetime
{
    private const int AtATime = 4;

    private readonly string _root = Directory.CreateTempSubdirectory("parley-taken-over-").FullName;
    private readonly SemaphoreSlim _free = new(AtATime);
    private readonly ConcurrentDictionary<string, Lazy<Task<JsonArray>>> _resumed = new();
    private ScriptedModel? _model;

    public async ValueTask InitializeAsync() => _model = await ScriptedModel.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _model!.DisposeAsync();
        _free.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    public string Home(string name) => Directory.CreateDirectory(Path.Combine(_root, name, "home", "bob")).FullName;

    public string Project(string name) => Directory.CreateDirectory(Path.Combine(_root, name, "their shop")).FullName;

    /// <summary>The messages that the client sends to the model when it resumes a session, the new prompt at the end.</summary>
    public Task<JsonArray> ResumeAsync(string name, Func<TranscriptInfo, PackedSession> pack) => _resumed.GetOrAdd(name, n => new Lazy<Task<JsonArray>>(() => RunAsync(n, pack))).Value;

    public void StartAll(IEnumerable<string> names, Func<TranscriptInfo, PackedSession> pack)
    {
        foreach (string name in names)
            _ = ResumeAsync(name, pack);
    }

    private async Task<JsonArray> RunAsync(string name, Func<TranscriptInfo, PackedSession> pack)
    {
        await _free.WaitAsync();
        try
        {
            InstalledSession installed = await Task.Run(() => Install(name, pack));
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

    private InstalledSession Install(string name, Func<TranscriptInfo, PackedSession> pack)
    {
        using PackedSession packed = pack(TranscriptReader.Open(Corpus.Session(name)).Info);
        string folder = Path.Combine(_root, name, "arrived");
        foreach (PackedFile file in packed.Files)
        {
            string path = Path.Combine(folder, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using Stream from = file.Open(), to = File.Create(path);
            from.CopyTo(to);
        }
        var received = new ReceivedSession { Agent = packed.Agent, Id = packed.Id, Origin = packed.Origin, Folder = folder, Files = [.. packed.Files.Select(file => file.Name)] };
        return SessionInstaller.Install(received, new InstallTarget { Home = Home(name), ClientFolder = Path.Combine(Home(name), ".claude"), ProjectFolder = Project(name), NewId = Guid.NewGuid });
    }

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
