using Parley.Core.Context;

namespace Parley.Server.Context;

/// <summary>Finds what a choice names among a session's resources, and says what may be shared how. It reads and writes nothing.</summary>
internal static class ContextChoosing
{
    /// <summary>The resources that are chosen, with the permission that each gets.</summary>
    /// <exception cref="ContextException">Something is not there, or is not to be shared.</exception>
    public static Dictionary<ContextResource, ContextPermission> Choose(IReadOnlyList<ContextResource> all, ContextChoice choice)
    {
        var chosen = new Dictionary<ContextResource, ContextPermission>();
        var unknown = new List<string>();
        foreach (string name in choice.Files)
            Add(ContextKind.Files, ContextPath.Tidy(name), ContextPermission.Members);
        foreach (string name in choice.Mcps)
            Add(ContextKind.Mcp, name, ContextPermission.Agent);
        if (choice.Memory)
            Add(ContextKind.Memory, null, ContextPermission.Agent);
        if (unknown.Count > 0)
            throw new ContextException($"The session's context has no {string.Join(", no ", unknown)}. {What(all)}");
        foreach ((ContextResource resource, ContextPermission permission) in chosen)
            Require(resource, permission);
        return chosen;

        void Add(ContextKind kind, string? name, ContextPermission permission)
        {
            if (all.FirstOrDefault(resource => resource.Kind == kind && (name is null || resource.Name == name)) is { } found)
                chosen[found] = permission;
            else
                unknown.Add(name is null ? "memory" : $"{(kind == ContextKind.Mcp ? "MCP server" : "folder")} \"{name}\"");
        }
    }

    /// <exception cref="ContextException">The resource may not have that permission.</exception>
    public static void Require(ContextResource resource, ContextPermission permission)
    {
        if (permission == ContextPermission.Private)
            return;
        if (resource.IsLocked)
            throw new ContextException($"\"{resource.Name}\" is never shared: mail, private messages and passwords stay private.");
        if (!resource.IsComplete)
            throw new ContextException($"\"{resource.Name}\" has not arrived whole: upload it again.");
        if (resource.Kind == ContextKind.Mcp && permission == ContextPermission.Members)
            throw new ContextException($"\"{resource.Name}\" is an MCP server: only the agent can use it.");
    }

    private static string What(IReadOnlyList<ContextResource> all) => all.Count == 0
        ? "Nothing was added to it yet."
        : $"It has {string.Join(", ", all.Select(resource => resource.Kind == ContextKind.Memory ? "memory" : $"\"{resource.Name}\""))}.";
}

/// <summary>Something about a session's context can't be done; the message says what and what to do.</summary>
public sealed class ContextException(string message) : Exception(message);
