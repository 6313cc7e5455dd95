using Parley.Cli.LocalSessions;
using Parley.Core.Sessions;
using Parley.Core.Takeover;

namespace Parley.Cli.Takeover;

/// <summary>The project of this machine that sessions are taken over into.</summary>
/// <param name="Folder">Absolute; it is there.</param>
internal sealed record Destination(string Folder)
{
    /// <summary>The folder that <c>--into</c> names, or else the current one.</summary>
    /// <exception cref="Failure">There is no such folder.</exception>
    public static Destination Of(string? into)
    {
        string folder = Path.GetFullPath(into ?? Environment.CurrentDirectory);
        return Directory.Exists(folder) ? new Destination(folder) : throw new Failure($"there is no folder {folder}. Make it first: a session is taken over into a project.");
    }

    /// <summary>Where an agent keeps the sessions of the project.</summary>
    /// <param name="agent">The agent's name.</param>
    /// <param name="link">The public link that the session came by; null for every other way.</param>
    public InstallTarget Target(string agent, PublicLink? link = null) => new()
    {
        ProjectFolder = Folder,
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        ClientFolder = LocalCatalog.ClientFolderOf(agent),
        NewId = Guid.NewGuid,
        Link = link,
    };
}
