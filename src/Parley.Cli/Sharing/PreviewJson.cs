namespace Parley.Cli.Sharing;

/// <summary>What <c>parley share --preview --json</c> prints.</summary>
internal sealed record PreviewJson(
    string? SessionId,
    string Title,
    string Project,
    int Entries,
    int Prompts,
    int ToolCalls,
    int ToolResults,
    int Thinking,
    long Bytes,
    IReadOnlyList<Image> Images,
    IReadOnlyDictionary<string, int> Files,
    IReadOnlyDictionary<string, int> Redactions,
    IReadOnlyList<PlacedFinding> Findings)
{
    public static PreviewJson Of(Survey survey) => new(
        survey.Header.SourceId,
        survey.Header.Title,
        survey.Header.Project,
        survey.Entries,
        survey.Prompts,
        survey.Blocks.ToolCalls,
        survey.ToolResults,
        survey.Blocks.Thinking,
        survey.Bytes,
        survey.Blocks.Images,
        survey.Blocks.Files,
        survey.Redactions,
        survey.Findings);
}
