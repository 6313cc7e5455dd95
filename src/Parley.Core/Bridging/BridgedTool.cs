using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Parley.Core.Bridging;

/// <summary>A tool of an MCP server that is lent to a workspace.</summary>
/// <param name="Name">What its server calls it.</param>
/// <param name="Description">What its server says of it.</param>
/// <param name="InputSchema">The JSON schema of its input.</param>
/// <param name="IsReadOnly">What its server says: that it changes nothing. Nobody but the server vouches for that.</param>
/// <param name="IsDestructive">What its server says: that it may delete or overwrite.</param>
/// <param name="HasAsked">Whether its calls were to be allowed one by one at any time since it was lent: that is not taken back by its server.</param>
public sealed partial record BridgedTool(string Name, string Description, JsonElement InputSchema, bool IsReadOnly = false, bool IsDestructive = false, bool HasAsked = false)
{
    private const string Prefix = "mcp__";

    private const int DigestCharacters = 8;

    // What a tool of such a name does is no reading, whatever its server says of it.
    private static readonly HashSet<string> Doing =
    [
        "add", "append", "apply", "approve", "archive", "assign", "buy", "cancel", "clear", "close", "commit", "copy", "create", "delete", "deploy", "destroy", "drop", "edit",
        "exec", "execute", "grant", "insert", "install", "invite", "kill", "merge", "modify", "move", "pay", "post", "publish", "purge", "push", "put", "remove", "rename",
        "replace", "reply", "reset", "restart", "revoke", "run", "save", "send", "set", "share", "start", "stop", "submit", "transfer", "trigger", "uninstall", "unset",
        "update", "upload", "upsert", "write",
    ];

    /// <summary>Whether each call is to be allowed by a person first: unless the tool is said to read only, and nothing speaks against that.</summary>
    [JsonIgnore]
    public bool AsksFirst => HasAsked || !IsReadOnly || IsDestructive || Words().Matches(Name).Any(word => Doing.Contains(word.Value.ToLowerInvariant()));

    /// <summary>By which a model calls it: <c>mcp__server__tool</c> in the characters that a model's API takes, and no longer than it takes.</summary>
    /// <param name="server">What the author's configuration calls its server.</param>
    public string NameFor(string server)
    {
        string plain = string.Concat($"{Prefix}{server}__{Name}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        if (plain.Length <= BridgeLimits.NameCharacters)
            return plain;
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{server}\n{Name}")))[..DigestCharacters];
        return $"{plain[..(BridgeLimits.NameCharacters - DigestCharacters - 1)]}_{digest}";
    }

    /// <summary>Whether a model's name of a tool is one of a lent tool.</summary>
    public static bool IsName(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The tools that are there now, after those that were there before: what once had to be allowed still has to be.</summary>
    public static IReadOnlyList<BridgedTool> Renew(IEnumerable<BridgedTool> before, IEnumerable<BridgedTool> now)
    {
        HashSet<string> asked = [.. before.Where(tool => tool.AsksFirst).Select(tool => tool.Name)];
        return [.. Bounded(now).Select(tool => tool with { HasAsked = asked.Contains(tool.Name) || tool.AsksFirst })];
    }

    /// <summary>As many tools as one server may lend, each once and described in a bounded way.</summary>
    public static IEnumerable<BridgedTool> Bounded(IEnumerable<BridgedTool> tools)
    {
        int bytes = 0;
        foreach (BridgedTool tool in tools.Where(tool => tool.Name.Length is > 0 and <= 128).DistinctBy(tool => tool.Name).Take(BridgeLimits.Tools))
        {
            string description = tool.Description.Length > BridgeLimits.DescriptionCharacters ? tool.Description[..BridgeLimits.DescriptionCharacters] + "…" : tool.Description;
            bytes += tool.Name.Length + description.Length + tool.InputSchema.GetRawText().Length;
            if (bytes > BridgeLimits.ToolsBytes)
                yield break;
            yield return tool with { Description = description };
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static IReadOnlyList<BridgedTool> Read(string json) => JsonSerializer.Deserialize(json, BridgeJson.Default.IReadOnlyListBridgedTool) ?? [];

    public static string Write(IReadOnlyList<BridgedTool> tools) => JsonSerializer.Serialize(tools, BridgeJson.Default.IReadOnlyListBridgedTool);

    // "deleteIssue", "delete-issue" and "issue_delete" all have the word delete.
    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+")]
    private static partial Regex Words();
}
