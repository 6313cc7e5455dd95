using System.Text.Json;
using Parley.Core.Context;

namespace Parley.Cli.Context;

/// <summary>An MCP server of the author's Claude Code.</summary>
/// <param name="Name">What the configuration calls it.</param>
/// <param name="IsLocked">Whether it is never to be shared (<see cref="McpPolicy"/>).</param>
internal sealed record ConfiguredServer(string Name, bool IsLocked);

/// <summary>Whose an MCP server is.</summary>
internal enum ServerScope
{
    /// <summary>The author's, in every project.</summary>
    User,

    /// <summary>The author's, in this project.</summary>
    Local,

    /// <summary>The project's, for whoever works on it.</summary>
    Project,
}

/// <summary>
/// Reads which MCP servers Claude Code is configured with: the user's and the project's own in <c>.claude.json</c>, and those that the project shares in
/// <c>.mcp.json</c>.
/// </summary>
internal static class ConfiguredServers
{
    /// <summary>What the configuration says of a server; it may hold credentials.</summary>
    public sealed record Definition(ServerScope Scope, string Name, JsonElement Content);

    /// <summary>The servers by name, without what starts and reaches them.</summary>
    public static IReadOnlyList<ConfiguredServer> Of(string project, string clientFolder) =>
    [
        .. Definitions(project, clientFolder).GroupBy(one => one.Name).OrderBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => new ConfiguredServer(same.Key, IsLocked(same.Key, same))),
    ];

    /// <summary>Everything that the configuration says, in each scope.</summary>
    public static IEnumerable<Definition> Definitions(string project, string clientFolder)
    {
        JsonElement? user = UserConfiguration(clientFolder);
        return
        [
            .. In(ServerScope.User, Member(user, "mcpServers")),
            .. In(ServerScope.Local, Member(OfProject(user, project), "mcpServers")),
            .. In(ServerScope.Project, Member(Read(Path.Combine(project, ".mcp.json")), "mcpServers")),
        ];
    }

    /// <summary>Whether a server is never to be shared: one definition that says so is enough.</summary>
    public static bool IsLocked(string name, IEnumerable<Definition> all) => McpPolicy.IsNeverShared(name, all.SelectMany(one => ReachedBy(one.Content)));

    /// <summary>Whether the author has told Claude Code to trust a server that comes with the project.</summary>
    public static bool IsApproved(string project, string clientFolder, string name)
    {
        JsonElement?[] said =
        [
            OfProject(UserConfiguration(clientFolder), project), Read(Path.Combine(clientFolder, "settings.json")), Read(Path.Combine(project, ".claude", "settings.local.json")),
        ];
        return !said.Any(one => Lists(one, "disabledMcpjsonServers", name))
            && said.Any(one => Lists(one, "enabledMcpjsonServers", name) || Member(one, "enableAllProjectMcpServers") is { ValueKind: JsonValueKind.True });
    }

    // Beside the client's folder, or in it where that was moved.
    private static JsonElement? UserConfiguration(string clientFolder) =>
        ((string[])[Path.Combine(clientFolder, ".claude.json"), Path.Combine(Path.GetDirectoryName(clientFolder) ?? clientFolder, ".claude.json")])
        .Where(File.Exists).Select(Read).FirstOrDefault();

    private static JsonElement? OfProject(JsonElement? user, string project) => Member(Member(user, "projects"), project);

    private static IEnumerable<Definition> In(ServerScope scope, JsonElement? servers) => servers is { ValueKind: JsonValueKind.Object } all
        ? all.EnumerateObject().Where(server => ContextPath.IsName(server.Name)).Select(server => new Definition(scope, server.Name, server.Value))
        : [];

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

    private static bool Lists(JsonElement? settings, string member, string name) =>
        Member(settings, member) is { ValueKind: JsonValueKind.Array } names
        && names.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.GetString() == name);

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out JsonElement value) ? value : null;

    private static JsonElement? Read(string path)
    {
        try
        {
            return JsonElement.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
