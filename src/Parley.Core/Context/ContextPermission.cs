namespace Parley.Core.Context;

/// <summary>Who may use a resource of a workspace's context beside its owner. Each may all that the ones before it may.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "It is the word for it; nothing here is a code access permission of the framework.")]
public enum ContextPermission
{
    /// <summary>Nobody.</summary>
    Private,

    /// <summary>The agent, whoever prompts it.</summary>
    Agent,

    /// <summary>The members too: they may open it.</summary>
    Members,
}

/// <summary>What a resource is.</summary>
public enum ContextKind
{
    /// <summary>A folder's files as they were when it was shared.</summary>
    Files,

    /// <summary>What the agent keeps about the project: its memory and its instructions, as files.</summary>
    Memory,

    /// <summary>An MCP server of the author's machine. Nothing of it is on the server but its name.</summary>
    Mcp,
}

/// <summary>The names of kinds and permissions on the wire and in the database.</summary>
public static class ContextNames
{
    public static string Name(ContextPermission permission) => permission switch
    {
        ContextPermission.Private => "private",
        ContextPermission.Agent => "agent",
        _ => "members",
    };

    /// <summary>The permission of that name; null for any other text.</summary>
    public static ContextPermission? ParsePermission(string? name) => name switch
    {
        "private" => ContextPermission.Private,
        "agent" => ContextPermission.Agent,
        "members" => ContextPermission.Members,
        _ => null,
    };

    public static string Name(ContextKind kind) => kind switch
    {
        ContextKind.Files => "files",
        ContextKind.Memory => "memory",
        _ => "mcp",
    };

    /// <summary>The kind of that name; null for any other text.</summary>
    public static ContextKind? ParseKind(string? name) => name switch
    {
        "files" => ContextKind.Files,
        "memory" => ContextKind.Memory,
        "mcp" => ContextKind.Mcp,
        _ => null,
    };
}
