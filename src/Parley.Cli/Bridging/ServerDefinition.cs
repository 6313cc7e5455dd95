using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Cli.Context;
using Parley.Cli.Servers;

namespace Parley.Cli.Bridging;

/// <summary>
/// How an MCP server is started or reached, as the author's Claude Code is configured: what <c>${NAME}</c> stands for is filled in from the environment.
/// It holds credentials and never leaves the machine.
/// </summary>
/// <param name="Name">What the configuration calls it.</param>
/// <param name="Command">What starts it; null for one that is reached over HTTP.</param>
/// <param name="Arguments">The command's arguments.</param>
/// <param name="Address">Where it is reached; null for one that is started.</param>
/// <param name="IsSse">Whether it speaks the older form of HTTP.</param>
/// <param name="Values">The command's environment variables, or the headers of requests.</param>
internal sealed partial record ServerDefinition(
    string Name, string? Command, IReadOnlyList<string> Arguments, Uri? Address, bool IsSse, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The definition that Claude Code would take: the author's own for this project, then the project's, then the author's for all projects.</summary>
    /// <exception cref="BridgeFailure">There is none, or it is not to be used.</exception>
    public static ServerDefinition Find(string project, string clientFolder, string name)
    {
        ConfiguredServers.Definition[] all = [.. ConfiguredServers.Definitions(project, clientFolder).Where(one => one.Name == name)];
        if (ConfiguredServers.IsLocked(name, all))
            throw new BridgeFailure($"'{name}' is never lent: mail, private messages and passwords stay private.");
        ConfiguredServers.Definition? found = all.FirstOrDefault(one => one.Scope == ServerScope.Local)
            ?? all.FirstOrDefault(one => one.Scope == ServerScope.Project)
            ?? all.FirstOrDefault()
            ?? throw new BridgeFailure($"Claude Code has no MCP server '{name}' in {project} any more.");
        if (found.Scope == ServerScope.Project && !ConfiguredServers.IsApproved(project, clientFolder, name))
            throw new BridgeFailure($"'{name}' comes from the project's .mcp.json, and Claude Code was not told to trust it: start `claude` in {project} once, and say so.");
        ServerDefinition definition = Read(name, found.Content);
        return definition.Address is { } address && IsParley(address)
            ? throw new BridgeFailure($"'{name}' is Parley itself, which no agent is lent: it could share and invite.")
            : definition;
    }

    private static bool IsParley(Uri address)
    {
        Uri parley = Settings.Address(Settings.Server());
        return address.Port == parley.Port && (address.Host == parley.Host || (address.IsLoopback && parley.IsLoopback));
    }

    /// <exception cref="BridgeFailure">It is none that can be used.</exception>
    internal static ServerDefinition Read(string name, JsonElement content)
    {
        if (Text(content, "command") is { Length: > 0 } command)
            return new ServerDefinition(name, Fill(name, command), [.. Texts(content, "args").Select(text => Fill(name, text))], null, false, Pairs(name, content, "env"));
        if (Text(content, "url") is { } url && Uri.TryCreate(Fill(name, url), UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
            return new ServerDefinition(name, null, [], address, Text(content, "type") == "sse", Pairs(name, content, "headers"));
        throw new BridgeFailure($"Claude Code's configuration says of '{name}' neither a command nor an address that can be used.");
    }

    private static Dictionary<string, string> Pairs(string name, JsonElement content, string member) =>
        content.TryGetProperty(member, out JsonElement values) && values.ValueKind == JsonValueKind.Object
            ? values.EnumerateObject().Where(value => value.Value.ValueKind == JsonValueKind.String).ToDictionary(value => value.Name, value => Fill(name, value.Value.GetString()!))
            : [];

    private static string? Text(JsonElement content, string member) =>
        content.ValueKind == JsonValueKind.Object && content.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<string> Texts(JsonElement content, string member) =>
        content.TryGetProperty(member, out JsonElement values) && values.ValueKind == JsonValueKind.Array
            ? values.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!)
            : [];

    private static string Fill(string name, string text) => Variable().Replace(text, match =>
        Environment.GetEnvironmentVariable(match.Groups[1].Value) is { Length: > 0 } value ? value
        : match.Groups[2].Success ? match.Groups[2].Value
        : throw new BridgeFailure($"'{name}' needs the variable {match.Groups[1].Value}, which is not set here."));

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")]
    private static partial Regex Variable();
}

/// <summary>Why an MCP server can't be lent, for whoever sits at the machine; nobody else is told.</summary>
internal sealed class BridgeFailure(string message) : Exception(message);
