using System.Text.Json;
using Parley.Core.Context;

namespace Parley.Server.Context;

/// <summary>What a model is told of one tool.</summary>
/// <param name="Name">By which it calls it.</param>
/// <param name="Description">What it does.</param>
/// <param name="InputSchema">The JSON schema of its input.</param>
public sealed record ToolDefinition(string Name, string Description, JsonElement InputSchema);

/// <summary>The three tools that read the context, described for what is shared at the moment.</summary>
internal static class ToolDefinitions
{
    public const string Read = "read_file", List = "list_files", Search = "search_files";

    private const string PathOf = """{"type":"string","description":"The path of a file, as list_files gives it"}""";

    private const string FolderOf = """{"type":"string","description":"Only files below this folder, or this file"}""";

    private static readonly JsonElement ReadInput = Schema(
        $$"""
        {"type":"object","properties":{"path":{{PathOf}},"offset":{"type":"integer","minimum":1,"description":"The first line, from 1"},
        "limit":{"type":"integer","minimum":1,"description":"How many lines"} },"required":["path"],"additionalProperties":false}
        """);

    private static readonly JsonElement ListInput = Schema(
        $$"""
        {"type":"object","properties":{"path":{{FolderOf}},"pattern":{"type":"string","description":"Only paths that fit, e.g. src/**/*.ts or *.md"} },
        "additionalProperties":false}
        """);

    private static readonly JsonElement SearchInput = Schema(
        $$"""
        {"type":"object","properties":{"pattern":{"type":"string","description":"A regular expression for one line, without backreferences and lookarounds"},
        "path":{{FolderOf}},"glob":{"type":"string","description":"Only paths that fit, e.g. *.ts"},"ignore_case":{"type":"boolean"} },
        "required":["pattern"],"additionalProperties":false}
        """);

    public static IReadOnlyList<ToolDefinition> Of(IReadOnlyList<ContextResource> shared)
    {
        string what = string.Join(", ", shared.Select(resource => $"{(resource.Name == ContextPath.Root ? "the project" : resource.Name)} ({resource.Files} files)"));
        return
        [
            new(Read, $"Reads a file that is shared in this workspace, with line numbers. Shared, read-only, as it was when it was shared: {what}.", ReadInput),
            new(List, "Lists the files that are shared in this workspace.", ListInput),
            new(Search, "Searches the files that are shared in this workspace, line by line.", SearchInput),
        ];
    }

    private static JsonElement Schema(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
