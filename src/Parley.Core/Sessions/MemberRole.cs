namespace Parley.Core.Sessions;

/// <summary>What a person may do in a session; each role may all that the ones before it may.</summary>
public enum MemberRole
{
    /// <summary>Reads, and sees who is there.</summary>
    Viewer,

    /// <summary>Talks with the people, and proposes prompts that a prompter or the owner accepts.</summary>
    Suggester,

    /// <summary>Prompts the agent, interrupts it, and decides on what others propose.</summary>
    Prompter,

    /// <summary>Decides who else may do what. A session has one owner; nobody is invited as one.</summary>
    Owner,
}

/// <summary>The roles' names on the wire and in the database.</summary>
public static class MemberRoles
{
    public static string Name(MemberRole role) => role switch
    {
        MemberRole.Viewer => "viewer",
        MemberRole.Suggester => "suggester",
        MemberRole.Prompter => "prompter",
        _ => "owner",
    };

    /// <summary>The role of that name; null for any other text.</summary>
    public static MemberRole? Parse(string? name) => name switch
    {
        "viewer" => MemberRole.Viewer,
        "suggester" => MemberRole.Suggester,
        "prompter" => MemberRole.Prompter,
        "owner" => MemberRole.Owner,
        _ => null,
    };
}
