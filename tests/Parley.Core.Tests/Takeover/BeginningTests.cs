using System.Text;
using Parley.Core.Sessions;
using Parley.Core.Takeover;
using Parley.Core.Takeover.Bundles;
using Parley.Core.Tests.Transcripts;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Takeover;

/// <summary>Conversations that come back to where they began: the part from here as it is, and behind it what was said elsewhere.</summary>
public sealed class BeginningTests : IDisposable
{
    private readonly Receiver _machine = new();
    private readonly Scratch _scratch = new();
    private int _bundles;

    public static TheoryData<string> Sessions => [.. Corpus.Names];

    public void Dispose()
    {
        _machine.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task Every_session_comes_back_byte_by_byte_with_what_was_said_elsewhere_behind_it(string name)
    {
        string path = Corpus.Session(name);
        Entry[] entries = [.. TranscriptReader.Open(path).Entries().Select(entry => entry with { Blocks = entry.Blocks.ToArray() })];
        long length = new FileInfo(path).Length;
        StagedConversation staged = await MakeAsync(path, length, entries.Length, [.. entries, Said("Ana", "And now?"), Answered("Now it is low.")]);

        InstalledSession installed = Install(staged);

        byte[] now = await File.ReadAllBytesAsync(installed.Path, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), now.AsSpan(0, (int)length).ToArray());
        string[] shown = [.. TranscriptReader.Open(installed.Path).Entries().Where(entry => entry.Thread is null).Select(Scratch.Describe)];
        Assert.Equal([$"user [Ana writes · {staged.Mark}] And now?", "assistant Now it is low."], shown[^2..]);
        Assert.Equal((2, "Ana"), (staged.Entries, Assert.Single(staged.People)));
    }

    [Fact]
    public async Task The_turn_in_which_it_moved_is_whole_and_what_was_typed_after_it_stays_behind()
    {
        string[] lines =
        [
            Line("user", 1, null, "share it"), Line("assistant", 2, 1, "I share it."), Line("assistant", 3, 2, "It is shared."),
            Line("user", 4, 3, "and another thing"), Line("assistant", 5, 4, "Yes?"),
        ];
        _scratch.Write(lines);

        await MakeAsync(_scratch.Transcript, lines[0].Length + lines[1].Length + 2, 2, [Asked("share it"), Answered("I share it."), Said("Ana", "go on")]);

        Assert.Equal(["user share it", "assistant I share it.", "assistant It is shared.", "user [Ana writes · MARK] go on"], Shown());
    }

    [Fact]
    public async Task A_prompt_that_was_blocked_because_it_had_moved_stays_behind()
    {
        string blocked = Line("system", 2, 1, "blocked by hook").Replace("\"message\"", "\"subtype\":\"informational\",\"preventContinuation\":true,\"message\"");
        string first = Line("user", 1, null, "share it");
        _scratch.Write(first, blocked);

        await MakeAsync(_scratch.Transcript, first.Length + 1, 1, [Asked("share it"), Said("Ana", "go on")]);

        Assert.DoesNotContain("blocked by hook", Text());
        Assert.Equal(["user share it", "user [Ana writes · MARK] go on"], Shown());
    }

    [Fact]
    public async Task A_call_that_never_got_a_result_gets_one()
    {
        string call = Line("assistant", 2, 1, "x").Replace("""{"type":"text","text":"x"}""", """{"type":"tool_use","id":"t1","name":"share_chat","input":{}}""");
        _scratch.Write(Line("user", 1, null, "share it"), call);

        await MakeAsync(_scratch.Transcript, new FileInfo(_scratch.Transcript).Length, 2, [Asked("share it"), Answered("x"), Said("Ana", "go on")]);

        Assert.Equal(["user share it", "assistant [t1]", "user (t1)", "user [Ana writes · MARK] go on"], Shown());
    }

    [Fact]
    public async Task A_last_line_without_an_end_gets_one()
    {
        _scratch.WriteBytes(Encoding.UTF8.GetBytes(Line("user", 1, null, "share it")));
        await MakeAsync(_scratch.Transcript, 10, 1, [Asked("share it"), Said("Ana", "go on")]);
        Assert.Equal(["user share it", "user [Ana writes · MARK] go on"], Shown());
    }

    [Fact]
    public void Where_there_is_no_conversation_nothing_goes_on_from_it()
    {
        _scratch.Write("""{"type":"ai-title","aiTitle":"empty"}""");
        Assert.Null(Beginning.Of(_machine.Arrive(_scratch.Transcript), 0, 0));
    }

    [Fact]
    public async Task The_same_again_is_there_already_and_more_is_another_session()
    {
        _scratch.Write(Line("user", 1, null, "share it"));
        Entry[] said = [Asked("share it"), Said("Ana", "go on")];
        InstalledSession first = Install(await MakeAsync(_scratch.Transcript, 10, 1, said));
        await File.AppendAllTextAsync(first.Path, Line("user", 7, null, "gone on with") + "\n", TestContext.Current.CancellationToken);

        InstalledSession again = Install(await MakeAsync(_scratch.Transcript, 10, 1, said), ending: "told something else this time"), more = Install(await MakeAsync(_scratch.Transcript, 10, 1, [.. said, Answered("yes")]));

        Assert.Equal(first with { Outcome = InstallOutcome.AlreadyThere }, again);
        Assert.NotEqual(first.SessionId, more.SessionId);
    }

    private StagedConversation? _last;

    private async Task<StagedConversation> MakeAsync(string transcript, long bytes, long lastSeq, Entry[] entries)
    {
        Beginning beginning = Beginning.Of(_machine.Arrive(transcript), bytes, lastSeq)!;
        await using FileStream bundle = File.Create(Path.Combine(_scratch.Folder, $"bundle-{++_bundles}"));
        var written = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new BundleWriter(written);
        writer.WriteHeader(new SessionHeader { Title = "t", Project = "p" });
        foreach (Entry entry in entries)
            writer.WriteEntry(entry);
        writer.WriteEnd();
        bundle.Write(written.WrittenSpan);
        return _last = await BundleTranscript.MakeAsync(bundle, beginning, TestContext.Current.CancellationToken);
    }

    private InstalledSession Install(StagedConversation staged, string ending = "told") => SessionInstaller.Install(
        staged.Session, _machine.Target with { IsOwn = true, Ending = staged.Ending(ending, "t", DateTimeOffset.UnixEpoch) });

    private string Text() => File.ReadAllText(Path.Combine(_last!.Session.Folder, "session.jsonl"));

    private IEnumerable<string> Shown() => TranscriptReader.Open(Install(_last!).Path).Entries().Select(Scratch.Describe).Select(shown => shown.Replace(_last!.Mark, "MARK"));

    private static string Line(string type, int id, int? parent, string text) => Lines.Raw(
        type, Id(id)!, Id(parent),
        type == "assistant"
            ? $$"""{"id":"msg_{{id}}","role":"assistant","model":"claude-x","content":[{"type":"text","text":"{{text}}"}]}"""
            : $$"""{"role":"user","content":"{{text}}"}""",
        ""","timestamp":"2026-01-01T00:00:00Z" """);

    private static string? Id(int? id) => id is null ? null : $"00000000-0000-4000-8000-00000000000{id}";

    private static Entry Asked(string text) => Spoken(Role.User, text);

    private static Entry Answered(string text) => Spoken(Role.Assistant, text) with { Model = "claude-x" };

    private static Entry Said(string author, string text) => Spoken(Role.User, text) with { Author = author };

    private static Entry Spoken(Role role, string text) => new() { Role = role, Blocks = Encoding.UTF8.GetBytes($$"""[{"type":"text","text":"{{text}}"}]""") };
}
