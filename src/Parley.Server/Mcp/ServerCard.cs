using System.Text.Json.Serialization;

namespace Parley.Server.Mcp;

/// <summary>
/// What an agent has to know to speak the Model Context Protocol with this server before it does: a server card (SEP-2127, a draft), with the fields of its
/// forerunner (SEP-1649) that clients look for.
/// </summary>
/// <param name="Schema">The schema that it follows.</param>
/// <param name="Name">The server's name, in the form NAMESPACE/NAME.</param>
/// <param name="Version">The server's version.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Remotes">Where it is spoken to.</param>
/// <param name="ServerInfo">As it introduces itself in the protocol.</param>
/// <param name="Transport">Where it is spoken to, in the older form.</param>
/// <param name="Authentication">What it wants of those who ask.</param>
public sealed record ServerCard(
    [property: JsonPropertyName("$schema")] string Schema,
    string Name,
    string Version,
    string Title,
    string Description,
    IReadOnlyList<CardRemote> Remotes,
    CardIdentity ServerInfo,
    CardTransport Transport,
    CardAuthentication Authentication)
{
    /// <summary>Where it is found.</summary>
    public const string Path = "/.well-known/mcp/server-card.json";

    /// <summary>The protocol's versions that are spoken here, the newest first.</summary>
    public static readonly string[] Versions = ["2025-11-25", "2025-06-18", "2025-03-26"];

    internal static readonly CardIdentity Identity = new("parley", "Parley", typeof(ServerCard).Assembly.GetName().Version!.ToString(3));

    private const string About = "Share sessions of coding agents, and promote them to workspaces that people and an agent talk in.";

    /// <param name="root">The server's absolute address, no slash at the end.</param>
    public static ServerCard Of(string root) => new(
        "https://static.modelcontextprotocol.io/schemas/v2/server-card.schema.json",
        "parley/parley",
        Identity.Version,
        Identity.Title,
        About,
        [new("streamable-http", root + McpApi.Path, [new("Authorization", "Bearer and an API key of yours: sk-…", true, true)], Versions)],
        Identity,
        new("streamable-http", root + McpApi.Path),
        new(true, ["bearer"]));
}

public sealed record CardRemote(string Type, string Url, IReadOnlyList<CardHeader> Headers, IReadOnlyList<string> SupportedProtocolVersions);

public sealed record CardHeader(string Name, string Description, bool IsRequired, bool IsSecret);

public sealed record CardIdentity(string Name, string Title, string Version);

public sealed record CardTransport(string Type, string Endpoint);

public sealed record CardAuthentication(bool Required, IReadOnlyList<string> Schemes);
