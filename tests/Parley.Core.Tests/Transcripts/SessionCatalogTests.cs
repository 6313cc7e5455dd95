using Parley.Core.Transcripts;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>The sessions that the client keeps on a machine.</summary>
public sealed class SessionCatalogTests : IDisposable
{
    private readonly string _config = Directory.CreateTempSubdirectory("parley-config-").FullName;

    public void Dispose() => Directory.Delete(_config, recursive: true);

    [Fact]
    public void Sessions_are_listed_from_all_projects_the_one_written_to_last_first()
    {
        AddSession("-home-a", "11111111-1111-1111-1111-111111111111", "older", hours: 1);
        AddSession("-home-b", "22222222-2222-2222-2222-222222222222", "newest", hours: 3);
        AddSession("-home-a", "33333333-3333-3333-3333-333333333333", "middle", hours: 2);
        IReadOnlyList<TranscriptInfo> sessions = new SessionCatalog(_config).List();
        Assert.Equal(["newest", "middle", "older"], sessions.Select(session => session.FirstPrompt));
        Assert.Equal("22222222-2222-2222-2222-222222222222", sessions[0].SessionId);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 3, 0, 0, TimeSpan.Zero), sessions[0].Modified);
    }

    [Fact]
    public void A_bad_file_does_not_hide_the_others()
    {
        AddSession("-home-a", "good", "hello", hours: 1);
        File.WriteAllText(PathOf("-home-a", "garbage"), "\0garbage\n{{{{\n");
        File.WriteAllText(PathOf("-home-a", "empty"), "");
        File.WriteAllText(PathOf("-home-a", "nothing-said"), """{"type":"mode","mode":"normal"}""" + "\n");
        Directory.CreateDirectory(PathOf("-home-a", "a-folder"));
        File.CreateSymbolicLink(PathOf("-home-a", "dangling"), Path.Combine(_config, "nowhere"));
        Assert.Equal("hello", Assert.Single(new SessionCatalog(_config).List()).FirstPrompt);
    }

    [Fact]
    public void A_machine_without_sessions_has_none()
    {
        Assert.Empty(new SessionCatalog(Path.Combine(_config, "missing")).List());
        Assert.Null(new SessionCatalog(_config).NewestOf(_config));
    }

    [Fact]
    public void A_session_is_found_by_its_id_in_whatever_folder_it_is()
    {
        const string id = "11111111-1111-1111-1111-111111111111";
        AddSession("-home-a", id, "moved", hours: 1);
        var catalog = new SessionCatalog(_config);
        Assert.Equal(PathOf("-home-a", id), catalog.Find(id));
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf("-home-b", id))!);
        File.Move(PathOf("-home-a", id), PathOf("-home-b", id));
        Assert.Equal(PathOf("-home-b", id), catalog.Find(id));
    }

    [Theory]
    [InlineData("../-home-a/11111111-1111-1111-1111-111111111111")]
    [InlineData("")]
    [InlineData("22222222-2222-2222-2222-222222222222")]
    public void What_is_no_session_is_not_found(string id)
    {
        AddSession("-home-a", "11111111-1111-1111-1111-111111111111", "here", hours: 1);
        Assert.Null(new SessionCatalog(_config).Find(id));
    }

    [Theory]
    [InlineData("""{"pid":7,"sessionId":"33333333-3333-3333-3333-333333333333","cwd":"/"}""", "33333333-3333-3333-3333-333333333333")]
    [InlineData("""{"pid":7,"sessionId":"333""", null)]
    [InlineData("""{"pid":7,"sessionId":3}""", null)]
    [InlineData("[]", null)]
    [InlineData("", null)]
    public void A_running_client_tells_which_session_it_is_in(string file, string? expected)
    {
        Directory.CreateDirectory(Path.Combine(_config, "sessions"));
        File.WriteAllText(Path.Combine(_config, "sessions", "7.json"), file);
        Assert.Equal(expected, new SessionCatalog(_config).CurrentOf(7));
        Assert.Null(new SessionCatalog(_config).CurrentOf(8));
    }

    [Theory]
    [InlineData("busy", true)]
    [InlineData("waiting", true)]
    [InlineData("idle", false)]
    [InlineData("", false)]
    public void A_running_client_tells_whether_it_is_in_a_turn(string status, bool isInTurn)
    {
        const string id = "33333333-3333-3333-3333-333333333333";
        Directory.CreateDirectory(Path.Combine(_config, "sessions"));
        File.WriteAllText(Path.Combine(_config, "sessions", "7.json"), $$"""{"sessionId":"{{id}}","status":"{{status}}"}""");
        File.WriteAllText(Path.Combine(_config, "sessions", "8.json"), """{"sessionId":"another","status":"busy"}""");
        File.WriteAllText(Path.Combine(_config, "sessions", "x.json"), $$"""{"sessionId":"{{id}}"}""");
        Assert.Equal([new RunningClient(7, id, isInTurn)], new SessionCatalog(_config).ClientsOf(id));
    }

    [Fact]
    public void Where_no_client_has_run_none_is_in_a_session() => Assert.Empty(new SessionCatalog(_config).ClientsOf("x"));

    [Fact]
    public void The_session_of_a_folder_is_the_one_that_was_written_to_last_there()
    {
        string folder = Path.Combine(_config, "my project"), link = Path.Combine(_config, "link");
        Directory.CreateDirectory(folder);
        Directory.CreateSymbolicLink(link, folder);
        string project = ProjectFolderName.Of(folder);
        AddSession(project, "a", "older", hours: 1);
        AddSession(project, "b", "newer", hours: 2);
        AddSession(project, "agent-c", "beside", hours: 3, isSidechain: true);
        AddSession("-elsewhere", "d", "newest of all", hours: 4);
        File.WriteAllText(PathOf(project, "e"), "");
        var catalog = new SessionCatalog(_config);
        Assert.Equal("newer", catalog.NewestOf(folder)?.FirstPrompt);
        Assert.Equal("newer", catalog.NewestOf(link + Path.DirectorySeparatorChar)?.FirstPrompt);
        Assert.Null(catalog.NewestOf(Path.Combine(folder, "subfolder")));
    }

    [Fact]
    public void A_real_session_is_listed_with_what_a_list_shows()
    {
        Directory.CreateDirectory(Path.Combine(_config, "projects", "p"));
        File.Copy(Corpus.Session("09-subagents"), Path.Combine(_config, "projects", "p", Path.GetFileName(Corpus.Session("09-subagents"))));
        TranscriptInfo session = Assert.Single(new SessionCatalog(_config).List());
        Assert.Equal("acme-shop", session.Project);
        Assert.Equal("main", session.Branch);
        Assert.Equal(10, session.EntryCount);
    }

    [Theory]
    [InlineData("/home/jane.doe/work/acme-shop", "-home-jane-doe-work-acme-shop")]
    [InlineData("/tmp/ü_x", "-tmp---x")]
    [InlineData("/tmp/😀", "-tmp---")]
    [InlineData("C:\\Users\\jane", "C--Users-jane")]
    public void A_project_folder_is_named_after_the_working_directory(string workingDirectory, string name) =>
        Assert.Equal(name, ProjectFolderName.Of(workingDirectory));

    // The expected hashes are those of the client's own JavaScript.
    [Theory]
    [InlineData("a", 199, "")]
    [InlineData("a", 200, "-b6ymvl")]
    [InlineData("é/", 120, "-32s269")]
    [InlineData("😀", 110, "-kaqd5")]
    public void A_long_name_is_cut_and_ends_in_a_hash(string part, int times, string hash)
    {
        string name = ProjectFolderName.Of("/" + string.Concat(Enumerable.Repeat(part, times)));
        Assert.Equal(hash, name[200..]);
    }

    private string PathOf(string project, string session) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(_config, "projects", project)).FullName, session + ".jsonl");

    private void AddSession(string project, string session, string prompt, int hours, bool isSidechain = false)
    {
        string line = Lines.User("a", null, prompt);
        File.WriteAllText(PathOf(project, session), (isSidechain ? line.Replace("\"isSidechain\":false", "\"isSidechain\":true", StringComparison.Ordinal) : line) + "\n");
        File.SetLastWriteTimeUtc(PathOf(project, session), new DateTime(2026, 1, 1, hours, 0, 0, DateTimeKind.Utc));
    }
}
