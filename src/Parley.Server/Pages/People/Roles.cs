using Parley.Core.Sessions;

namespace Parley.Server.Pages.People;

/// <summary>The roles in the words of the pages.</summary>
public static class Roles
{
    /// <summary>Those that people are invited as.</summary>
    public static readonly MemberRole[] Invitable = [MemberRole.Viewer, MemberRole.Suggester, MemberRole.Prompter];

    public static string Title(MemberRole role) => role switch
    {
        MemberRole.Viewer => "Viewer",
        MemberRole.Suggester => "Suggester",
        MemberRole.Prompter => "Prompter",
        _ => "Owner",
    };

    public static string Says(MemberRole role) => role switch
    {
        MemberRole.Viewer => "reads along",
        MemberRole.Suggester => "talks, and suggests prompts",
        MemberRole.Prompter => "talks, and prompts the agent",
        _ => "decides who may do what",
    };
}
