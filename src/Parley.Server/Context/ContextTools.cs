using System.Globalization;
using System.Text;
using System.Text.Json;
using Parley.Core.Context;
using Parley.Server.Audit;
using Parley.Server.Data;

namespace Parley.Server.Context;

/// <summary>
/// The tools by which a workspace's agent reads what is shared with it. They read and can do nothing else; what they reach is the manifests of the
/// resources that are permitted to the agent when the call is made, and every call is in the audit trail under the name of whoever prompted it.
/// </summary>
public sealed class ContextTools(Database database, ContextStore store, ContextFiles files, AuditStore audit, TimeProvider clock)
{
    /// <summary>The most paths that one call lists.</summary>
    public const int MaxListed = 1_000;

    /// <summary>The longest that one search goes on.</summary>
    public static readonly TimeSpan SearchTime = TimeSpan.FromSeconds(10);

    private const int MaxDetail = 200;

    private const string NothingShared = "No files are shared with you any more.";

    /// <summary>What the agent is told of the tools; none where nothing is shared with it that they could read.</summary>
    public async ValueTask<IReadOnlyList<ToolDefinition>> DefinitionsAsync(string sessionId, CancellationToken cancel)
    {
        List<ContextResource> resources = await store.ListAsync(sessionId, cancel);
        List<ContextResource> shared = [.. resources.Where(resource => resource is { Permission: > ContextPermission.Private, IsComplete: true, Kind: not ContextKind.Mcp })];
        return shared.Count == 0 ? [] : ToolDefinitions.Of(shared);
    }

    /// <summary>Carries out a call of the agent's. What it asks for wrongly, or may not have, is an answer that says so.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="prompter">The account whose prompt the agent answers.</param>
    /// <param name="tool">The tool's name.</param>
    /// <param name="input">The call's input, as the model wrote it.</param>
    /// <param name="cancel">The turn was interrupted.</param>
    public async ValueTask<ToolAnswer> CallAsync(string sessionId, long prompter, string tool, JsonElement input, CancellationToken cancel)
    {
        var call = new ToolInput(input);
        ToolAnswer answer = tool switch
        {
            ToolDefinitions.Read => await ReadAsync(sessionId, call, cancel),
            ToolDefinitions.List => await ListAsync(sessionId, call, cancel),
            ToolDefinitions.Search => await SearchAsync(sessionId, call, cancel),
            _ => ToolAnswer.Error($"There is no tool \"{tool}\" here."),
        };
        string?[] about = [tool, call.Text("path"), call.Text("pattern"), answer.IsError ? "(refused)" : null];
        string detail = string.Join(' ', about.Where(text => text is not null));
        await NoteAsync(sessionId, prompter, detail.Length > MaxDetail ? detail[..MaxDetail] : detail, cancel);
        return answer;
    }

    private async ValueTask<ToolAnswer> ReadAsync(string sessionId, ToolInput call, CancellationToken cancel)
    {
        if (call.Text("path") is not { } wanted)
            return ToolAnswer.Error("path is missing.");
        string place = ContextPath.Tidy(wanted);
        List<PlacedFile> there = await files.ListAsync(sessionId, ContextPermission.Agent, cancel);
        return there.Find(file => file.Place == place) is { } found
            && await files.ReadAsync(sessionId, ContextPermission.Agent, found.ResourceId, found.Path, cancel) is { } opened
            ? ToolAnswer.Ok(FileExcerpt.Of(opened.Text, call.Number("offset", 1), call.Number("limit", FileExcerpt.MaxLines)))
            : ToolAnswer.Error(there.Count == 0 ? NothingShared : $"No file \"{place}\" is shared with you. {ToolDefinitions.List} says which ones are.");
    }

    private async ValueTask<ToolAnswer> ListAsync(string sessionId, ToolInput call, CancellationToken cancel)
    {
        if (!TryFilter(call, out Func<PlacedFile, bool> isWanted))
            return BadPattern;
        List<PlacedFile> there = await files.ListAsync(sessionId, ContextPermission.Agent, cancel);
        List<PlacedFile> wanted = [.. there.Where(isWanted)];
        if (wanted.Count == 0)
            return ToolAnswer.Error(there.Count == 0 ? NothingShared : "No shared file is there.");
        var list = new StringBuilder();
        foreach (PlacedFile file in wanted.Take(MaxListed))
            list.Append(file.Place).Append('\n');
        if (wanted.Count > MaxListed)
            list.Append(CultureInfo.InvariantCulture, $"(and {wanted.Count - MaxListed} more: name a folder in path, or a pattern)\n");
        return ToolAnswer.Ok(list.ToString());
    }

    private async ValueTask<ToolAnswer> SearchAsync(string sessionId, ToolInput call, CancellationToken cancel)
    {
        if (!TryFilter(call, out Func<PlacedFile, bool> isWanted, "glob"))
            return BadPattern;
        (FileSearch? search, string? problem) = FileSearch.Parse(call.Text("pattern") ?? "", call.Flag("ignore_case"));
        if (search is null)
            return ToolAnswer.Error(problem!);
        long start = clock.GetTimestamp();
        bool isLate = false;
        await files.LookAsync(
            sessionId, ContextPermission.Agent, isWanted,
            (file, content) =>
            {
                cancel.ThrowIfCancellationRequested();
                isLate = clock.GetElapsedTime(start) > SearchTime;
                return !isLate && search.Look(file.Place, Encoding.UTF8.GetString(content));
            },
            cancel);
        string end = search.IsFull ? $"(These are the first {FileSearch.MaxMatches} lines.)\n" : isLate ? "(The search was given up: narrow it by path or glob.)\n" : "";
        return ToolAnswer.Ok(search.Matches == 0 && end == "" ? "Nothing was found." : search.Found + end);
    }

    private static ToolAnswer BadPattern => ToolAnswer.Error($"A pattern for paths has at most {PathPattern.MaxCharacters} characters, like src/**/*.ts.");

    /// <summary>Which files a call is about: those below its path whose place fits its pattern.</summary>
    private static bool TryFilter(ToolInput call, out Func<PlacedFile, bool> isWanted, string glob = "pattern")
    {
        string folder = ContextPath.Tidy(call.Text("path") ?? ContextPath.Root);
        PathPattern? pattern = call.Text(glob) is { } text ? PathPattern.Parse(text) : null;
        isWanted = file => ContextPath.Below(folder, file.Place) is not null && pattern?.Matches(file.Place) != false;
        return pattern is not null || call.Text(glob) is null;
    }

    private async ValueTask NoteAsync(string sessionId, long prompter, string detail, CancellationToken cancel) => await database.WriteAsync(
        async connection =>
        {
            await audit.AddAsync(connection, new AuditEvent(sessionId, clock.GetUtcNow(), AuditAction.ContextUsed, Actor.Of(prompter), Detail: detail), cancel);
            return true;
        },
        cancel);
}

/// <summary>What a tool answers the model.</summary>
/// <param name="Text">What was asked for, or why it can't be had. Text from files is data of strangers and is to be marked as such.</param>
/// <param name="IsError">Whether it was not done.</param>
public sealed record ToolAnswer(string Text, bool IsError)
{
    public static ToolAnswer Ok(string text) => new(text, IsError: false);

    public static ToolAnswer Error(string text) => new(text, IsError: true);
}

/// <summary>The input of a call, which a model wrote: what is missing or of another kind is null.</summary>
internal readonly struct ToolInput(JsonElement input)
{
    public string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } value && Read(value) is { Length: > 0 } text ? text : null;

    public int Number(string name, int otherwise) =>
        Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) && number > 0 ? number : otherwise;

    public bool Flag(string name) => Member(name) is { ValueKind: JsonValueKind.True };

    private JsonElement? Member(string name) => input.ValueKind == JsonValueKind.Object && input.TryGetProperty(name, out JsonElement value) ? value : null;

    // Half of a surrogate pair is no text.
    private static string? Read(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
