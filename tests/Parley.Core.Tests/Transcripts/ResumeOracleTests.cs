using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>
/// Holds the reader against the client itself: what the model saw when a session was resumed must be among the entries, in that order.
/// </summary>
public sealed class ResumeOracleTests
{
    public static TheoryData<string> Sessions => [.. Corpus.Names];

    [Theory]
    [MemberData(nameof(Sessions))]
    public void What_the_model_saw_on_resume_is_among_the_entries_in_that_order(string name)
    {
        List<Said> shown = Shown(name);
        int at = 0;
        foreach (Said seen in Said.InOracle(Corpus.Oracle(name)).Where(seen => !IsHidden(seen)))
        {
            int found = shown.FindIndex(at, said => said.Is(seen));
            Assert.True(found >= 0, $"not found after {at} of {shown.Count} blocks: {seen}");
            at = found + 1;
        }
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void After_the_last_compaction_nothing_is_shown_that_the_model_did_not_see(string name)
    {
        IReadOnlyList<Said> oracle = Said.InOracle(Corpus.Oracle(name));
        List<Said> shown = Shown(name);
        int afterCompaction = shown.FindLastIndex(said => said.Content.StartsWith("This session is being continued", StringComparison.Ordinal)) + 1;
        foreach (Said said in shown.Skip(afterCompaction).Where(said => !IsNotForTheModel(said)))
            Assert.True(oracle.Any(said.Is), $"the model never saw: {said}");
    }

    [Theory]
    [InlineData("12-rewind-branch", "Use floats then")]
    [InlineData("12-rewind-branch", "This is the abandoned branch.")]
    [InlineData("14-interrupted", "\"think [[c14f]]\"")]
    [InlineData("21-crash-and-resume", "toolu_fake00182_1")]
    public void An_abandoned_branch_is_not_shown(string name, string abandoned)
    {
        Assert.Contains(abandoned, File.ReadAllText(Corpus.Session(name)));
        foreach (Entry entry in TranscriptReader.Open(Corpus.Session(name)).Entries())
            Assert.DoesNotContain(abandoned, Blocks.Text(entry));
    }

    private static List<Said> Shown(string name) =>
        [.. TranscriptReader.Open(Corpus.Session(name)).Entries().Where(entry => entry.Thread is null).SelectMany(Said.In)];

    // What the client tells the model and not the person.
    private static bool IsHidden(Said seen) =>
        seen.Kind == "text" && (IsMeta(seen.Content) || seen.Content is "No response requested." or "Continue from where you left off.");

    private static bool IsMeta(string text) =>
        text.StartsWith("<local-command-caveat>", StringComparison.Ordinal)
        || text.StartsWith("<system-reminder>", StringComparison.Ordinal)
        || text.StartsWith("<task-notification>", StringComparison.Ordinal)
        || text.StartsWith("[Your previous response had no visible output.", StringComparison.Ordinal)
        || text.StartsWith("[Image: source:", StringComparison.Ordinal)
        || text.StartsWith("## Context Usage", StringComparison.Ordinal);

    // What a person sees and the model doesn't: errors of the API, a prompt that was sent as a system message,
    // an empty answer, a thought without one.
    private static bool IsNotForTheModel(Said said) =>
        said.Content.StartsWith("API Error", StringComparison.Ordinal)
        || said.Content is "" or "Prompt is too long" or "queued while busy"
        || said.Kind == "thinking" && said.Content.StartsWith("only thinking, no text", StringComparison.Ordinal);
}
