using System.Text.Json;
using Parley.Core.Takeover;
using Parley.Core.Tests.Transcripts;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Takeover;

public sealed class SessionInstallerTests : IDisposable
{
    private const string Subagents = "09-subagents";

    private readonly Receiver _receiver = new();

    public static TheoryData<string> Sessions => [.. Corpus.Names];

    public void Dispose() => _receiver.Dispose();

    [Theory]
    [MemberData(nameof(Sessions))]
    public void A_session_is_installed_once(string name)
    {
        InstalledSession first = _receiver.Take(Corpus.Session(name));
        Assert.Equal(InstallOutcome.Installed, first.Outcome);
        Assert.Equal(Path.GetFileNameWithoutExtension(Corpus.Session(name)), first.SessionId);
        IReadOnlyList<string> files = _receiver.ClientFiles();
        InstalledSession again = _receiver.Take(Corpus.Session(name));
        Assert.Equal(first with { Outcome = InstallOutcome.AlreadyThere }, again);
        Assert.Equal(files, _receiver.ClientFiles());
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void A_reader_sees_the_same_conversation(string name)
    {
        string original = Corpus.Session(name);
        SessionOrigin origin = SessionPacker.Pack(TranscriptReader.Open(original).Info).Origin;
        string installed = _receiver.Take(original).Path;
        Assert.Equal("event taken_over", Scratch.Describe(TranscriptReader.Open(installed).Entries().First()));
        Assert.Equal(Shown(original, skipped: 0).Select(said => _receiver.Mapped(said, origin)), Shown(installed, skipped: 1));
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Nothing_travels_that_would_act_for_the_sender(string name)
    {
        foreach (JsonElement line in LinesOf(_receiver.Take(Corpus.Session(name)).Path))
        {
            Assert.DoesNotContain(line.GetProperty("type").GetString(), (string[])["attachment", "permission-mode", "mode", "file-history-snapshot", "queue-operation", "relocated"]);
            Assert.False(line.TryGetProperty("permissionMode", out _));
            Assert.True(!line.TryGetProperty("cwd", out JsonElement cwd) || cwd.GetString()!.StartsWith(_receiver.Project, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Every_line_hangs_off_one_that_is_there(string name)
    {
        JsonElement[] lines = [.. LinesOf(_receiver.Take(Corpus.Session(name)).Path)];
        HashSet<string?> ids = [.. lines.Select(line => line.TryGetProperty("uuid", out JsonElement uuid) ? uuid.GetString() : null)];
        foreach (JsonElement line in lines)
            foreach (string link in (string[])["parentUuid", "leafUuid", "logicalParentUuid"])
                Assert.True(!line.TryGetProperty(link, out JsonElement id) || ids.Contains(id.GetString()), $"{link} of {line}");
    }

    [Fact]
    public void Sidecars_come_along_and_nobody_else_can_read_any_of_it()
    {
        _receiver.Take(Corpus.Session("08-huge-output"));
        _receiver.Take(Corpus.Session(Subagents));
        Assert.Equal(2, _receiver.ClientFiles().Count(file => file.EndsWith(".txt", StringComparison.Ordinal)));
        Assert.Equal(8, _receiver.ClientFiles().Count(file => file.Contains("subagents/agent-", StringComparison.Ordinal)));
        if (OperatingSystem.IsWindows())
            return;
        foreach (string path in _receiver.ClientFiles().Select(file => Path.Combine(_receiver.ClientFolder, file)))
            Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Fact]
    public void A_session_whose_id_names_another_one_here_gets_an_id_of_its_own()
    {
        InstalledSession first = _receiver.Take(Corpus.Session(Subagents));
        byte[] there = File.ReadAllBytes(first.Path);
        using var changed = new Changed(Corpus.Session(Subagents), "go", "gone");
        InstalledSession copy = _receiver.Take(changed.Path);
        Assert.Equal(InstallOutcome.InstalledAsCopy, copy.Outcome);
        Assert.NotEqual(first.SessionId, copy.SessionId);
        Assert.All(LinesOf(copy.Path), line => Assert.True(!line.TryGetProperty("sessionId", out JsonElement id) || id.GetString() == copy.SessionId));
        Assert.DoesNotContain(first.SessionId, File.ReadAllText(copy.Path));
        Assert.Equal(there, File.ReadAllBytes(first.Path));
        Assert.Equal(copy with { Outcome = InstallOutcome.AlreadyThere }, _receiver.Take(changed.Path));
    }

    [Fact]
    public void A_session_that_was_gone_on_with_is_there_already()
    {
        InstalledSession first = _receiver.Take(Corpus.Session("01-plain-chat"));
        File.AppendAllText(first.Path, "{\"type\":\"custom-title\",\"customTitle\":\"mine\"}\n");
        Assert.Equal(InstallOutcome.AlreadyThere, _receiver.Take(Corpus.Session("01-plain-chat")).Outcome);
    }

    [Fact]
    public void An_id_that_is_taken_in_another_project_is_taken()
    {
        InstalledSession first = _receiver.Take(Corpus.Session("01-plain-chat"));
        Directory.Move(Path.GetDirectoryName(first.Path)!, Path.Combine(_receiver.ClientFolder, "projects", "-another"));
        Assert.Equal(InstallOutcome.InstalledAsCopy, _receiver.Take(Corpus.Session("01-plain-chat")).Outcome);
    }

    [Theory]
    [InlineData("../../../evil")]
    [InlineData("not-a-uuid")]
    [InlineData("{00000000-0000-4000-8000-000000000000}")]
    [InlineData("")]
    public void An_id_that_is_no_uuid_is_not_taken(string id)
    {
        ReceivedSession received = _receiver.Arrive(Corpus.Session("01-plain-chat")) with { Id = id };
        InstalledSession installed = SessionInstaller.Install(received, _receiver.Target);
        Assert.True(Guid.TryParseExact(installed.SessionId, "D", out _));
        Assert.StartsWith(_receiver.ClientFolder, Path.GetFullPath(installed.Path));
    }

    [Fact]
    public void Files_that_belong_to_no_session_stay_behind()
    {
        ReceivedSession received = _receiver.Arrive(Corpus.Session("01-plain-chat"));
        string[] hostile = ["../evil.txt", "tool-results/../../../evil.txt", "tool-results/.hidden.txt", "file-history/a@v1", "tool-results/CON", "settings.json", "subagents/agent-x.sh"];
        SessionInstaller.Install(received with { Files = [.. received.Files, .. hostile] }, _receiver.Target);
        Assert.Equal(["projects", "jsonl"], _receiver.ClientFiles().Select(file => file.Split('.', '/')[file.EndsWith(".jsonl", StringComparison.Ordinal) ? ^1 : 0]).Distinct());
    }

    [Fact]
    public void What_an_interrupted_installation_left_is_gone_after_the_next()
    {
        InstalledSession first = _receiver.Take(Corpus.Session(Subagents));
        IReadOnlyList<string> whole = _receiver.ClientFiles();
        // As it was between the two moves: the sidecars are in their place, and the main file is not.
        string folder = Path.GetDirectoryName(first.Path)!, working = Directory.CreateDirectory(Path.Combine(folder, ".parley-0123")).FullName;
        File.Move(first.Path, Path.Combine(working, "main"));
        File.WriteAllText(Path.Combine(working, "moved"), first.SessionId);
        Assert.Empty(new SessionCatalog(_receiver.ClientFolder).List());
        InstalledSession again = _receiver.Take(Corpus.Session(Subagents));
        Assert.Equal(first, again);
        Assert.Equal(whole, _receiver.ClientFiles());
    }

    [Fact]
    public void What_a_running_installation_needs_is_left_to_it()
    {
        InstalledSession first = _receiver.Take(Corpus.Session("01-plain-chat"));
        string working = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(first.Path)!, ".parley-0123")).FullName;
        using (new FileStream(Path.Combine(working, "lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            _receiver.Take(Corpus.Session(Subagents));
        Assert.True(Directory.Exists(working));
        _receiver.Take(Corpus.Session("02-tool-use"));
        Assert.False(Directory.Exists(working));
    }

    [Fact]
    public void A_cancelled_installation_leaves_nothing()
    {
        ReceivedSession received = _receiver.Arrive(Corpus.Session(Subagents));
        Assert.Throws<OperationCanceledException>(() => SessionInstaller.Install(received, _receiver.Target, new CancellationToken(canceled: true)));
        Assert.DoesNotContain(_receiver.ClientFiles(), file => file.Contains("jsonl", StringComparison.Ordinal) || file.Contains(".parley", StringComparison.Ordinal));
    }

    [Fact]
    public void Folders_that_would_blow_a_session_up_are_refused()
    {
        ReceivedSession received = _receiver.Arrive(Corpus.Session("01-plain-chat"));
        File.AppendAllText(Path.Combine(received.Folder, "session.jsonl"), string.Concat(Enumerable.Repeat(
            "{\"type\":\"user\",\"uuid\":\"00000000-0000-4000-8000-000000000000\",\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"message\":{\"content\":\"" + string.Concat(Enumerable.Repeat("/a ", 1_000_000)) + "\"}}\n", 2)));
        Assert.Throws<TakeoverException>(() => SessionInstaller.Install(received with { Origin = new SessionOrigin(null, "/a") }, _receiver.Target));
        Assert.DoesNotContain(_receiver.ClientFiles(), file => file.Contains(".parley", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Shown(string path, int skipped) =>
        TranscriptReader.Open(path).Entries().Skip(skipped).SelectMany(entry => Said.In(entry).Where(said => said.Content.Length > 0).Select(said => $"{entry.Thread} {said.Role} {said.Kind} {said.Content}"));

    private static IEnumerable<JsonElement> LinesOf(string path)
    {
        string text = File.ReadAllText(path);
        Assert.EndsWith("}\n", text);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            yield return JsonDocument.Parse(line).RootElement;
    }

    /// <summary>A session of the corpus with a word in it changed, where nothing else is.</summary>
    private sealed class Changed : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("parley-changed-").FullName;

        public Changed(string session, string word, string by)
        {
            Path = System.IO.Path.Combine(_folder, System.IO.Path.GetFileName(session));
            string text = File.ReadAllText(session);
            int at = text.IndexOf($"\"text\":\"", StringComparison.Ordinal) + 8;
            File.WriteAllText(Path, text[..at] + $"{word} {by} " + text[at..]);
        }

        public string Path { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
