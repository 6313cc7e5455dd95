using System.Text.Json;
using Parley.Core.Context;

namespace Parley.Cli.Context;

/// <summary>An MCP server of the author's Claude Code.</summary>
/// <param name="Name">What the configuration calls it.</param>
/// <param name="IsLocked">Whether it is never to be shared (<see cref="McpPolicy"/>).</param>
internal sealed record ConfiguredServer(string Name, bool IsLocked);

/// <summary>
/// Reads which MCP servers Claude Code is configured with: the user's and the project's own in <c>.claude.json</c>, and those that the project shares in
/// <c>.mcp.json</c>. Of what starts and reaches them nothing is kept.
/// </summary>
internal static class ConfiguredServers
{
    public static IReadOnlyList<ConfiguredServer> Of(string project, string clientFolder)
    {
        var found = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        foreach (string path in UserFiles(clientFolder))
        {
            using JsonDocument? config = Read(path);
            Add(found, Member(config?.RootElement, "mcpServers"));
            Add(found, Member(Member(Member(config?.RootElement, "projects"), project), "mcpServers"));
        }
        using (JsonDocument? shared = Read(Path.Combine(project, ".mcp.json")))
            Add(found, Member(shared?.RootElement, "mcpServers"));
        return [.. found.Select(server => new ConfiguredServer(server.Key, server.Value))];
    }

    // Beside the client's folder, or in it where that was moved.
    private static IEnumerable<string> UserFiles(string clientFolder) =>
        ((string[])[Path.Combine(clientFolder, ".claude.json"), Path.Combine(Path.GetDirectoryName(clientFolder) ?? clientFolder, ".claude.json")])
        .Where(File.Exists).Take(1);

    private static void Add(SortedDictionary<string, bool> found, JsonElement? servers)
    {
        if (servers is not { ValueKind: JsonValueKind.Object } all)
            return;
        foreach (JsonProperty server in all.EnumerateObject().Where(server => ContextPath.IsName(server.Name)))
            found[server.Name] = found.GetValueOrDefault(server.Name) || McpPolicy.IsNeverShared(server.Name, ReachedBy(server.Value));
    }

    private static IEnumerable<string> ReachedBy(JsonElement server)
    {
        foreach (string name in (string[])["command", "url"])
        {
            if (Member(server, name) is { ValueKind: JsonValueKind.String } text)
                yield return text.GetString()!;
        }
        if (Member(server, "args") is { ValueKind: JsonValueKind.Array } arguments)
        {
            foreach (JsonElement argument in arguments.EnumerateArray().Where(argument => argument.ValueKind == JsonValueKind.String))
                yield return argument.GetString()!;
        }
    }

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out JsonElement value) ? value : null;

    private static JsonDocument? Read(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
