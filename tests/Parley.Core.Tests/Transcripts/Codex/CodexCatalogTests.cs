using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts.Codex;

/// <summary>The sessions that Codex keeps on a machine.</summary>
public sealed class CodexCatalogTests : IDisposable
{
    private readonly string _client = Directory.CreateTempSubdirectory("parley-codex-").FullName;

    public void Dispose() => Directory.Delete(_client, recursive: true);

    [Fact]
    public void A_thread_that_was_taken_back_is_listed_once_as_it_goes_on()
    {
        Add("codex-05-rewind");
        Add("codex-11-subagent");
        IReadOnlyList<TranscriptInfo> sessions = new CodexCatalog(_client).List();
        Assert.Equal(
            ["Look at the cart module. [[c01a]]", "ask a helper [[c11]]", "cart tour"], sessions.Select(session => session.Title ?? session.FirstPrompt).Order(StringComparer.Ordinal));
        Assert.Equal(6, sessions.Single(session => session.Title is not null).EntryCount);
        Assert.Single(sessions, session => session.IsSidechain);
    }

    [Fact]
    public void The_newest_of_a_folder_is_no_helpers()
    {
        Add("codex-11-subagent");
        foreach (string rollout in Directory.GetFiles(_client, "*.jsonl", SearchOption.AllDirectories))
            File.WriteAllText(rollout, File.ReadAllText(rollout).Replace("/home/jane.doe/acme-shop", _client, StringComparison.Ordinal));
        Assert.Equal("ask a helper [[c11]]", new CodexCatalog(_client).NewestOf(_client)?.FirstPrompt);
        Assert.Null(new CodexCatalog(_client).NewestOf(Path.Combine(_client, "sessions")));
    }

    [Fact]
    public void A_bad_file_does_not_hide_the_others()
    {
        Add("codex-01-plain-chat");
        string day = Path.Combine(_client, "sessions", "2026", "11", "21");
        File.WriteAllText(Path.Combine(day, "rollout-2026-11-21T00-00-00-01a1fb93-3873-7131-8004-000000000001.jsonl"), "garbage\n");
        File.WriteAllText(Path.Combine(day, "rollout-2026-11-21T00-00-00-01a1fb93-3873-7131-8004-000000000002.jsonl"), "");
        File.WriteAllText(Path.Combine(day, "rollout-of-another-kind.jsonl"), "{}\n");
        Directory.CreateDirectory(Path.Combine(day, "rollout-2026-11-21T00-00-00-01a1fb93-3873-7131-8004-000000000003.jsonl"));
        Assert.Equal("hi, what is in the cart module? [[c01a]]", Assert.Single(new CodexCatalog(_client).List()).FirstPrompt);
    }

    [Fact]
    public void A_thread_is_found_by_its_id()
    {
        Add("codex-05-rewind");
        var catalog = new CodexCatalog(_client);
        Assert.EndsWith("_01a1fb93-8985-7fa1-810b-4d358d2173c1.jsonl", catalog.Find(Guid.Parse("01a1fb93-3873-7131-8004-b900f31838ad")), StringComparison.Ordinal);
        Assert.Null(catalog.Find(Guid.Parse("01a1fb93-8985-7fa1-810b-4d358d2173c1")));
    }

    [Fact]
    public void A_machine_without_sessions_has_none() => Assert.Empty(new CodexCatalog(Path.Combine(_client, "missing")).List());

    private void Add(string name)
    {
        foreach (string file in Directory.GetFiles(Corpus.Folder(name), "*.jsonl", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(_client, Path.GetRelativePath(Corpus.Folder(name), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
