using System.Text;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover;

/// <summary>Which folder of the receiver stands for which of the sender: the project for the project, the home for the home.</summary>
internal sealed class FolderMapping
{
    private readonly MachinePath? _senderProject;
    private readonly MachinePath _project;
    private readonly PathForm[] _forms;

    /// <param name="origin">The sender's folders, as the sender names them: what isn't the absolute path of a folder is not mapped.</param>
    /// <param name="project">The receiver's project.</param>
    /// <param name="client">The folder of the receiver's agent.</param>
    /// <param name="home">The receiver's home.</param>
    /// <param name="clientName">The name that the agent's folder has in the sender's home, e.g. <c>.claude</c>.</param>
    public FolderMapping(SessionOrigin origin, MachinePath project, MachinePath? client, MachinePath? home, string clientName)
    {
        (_senderProject, _project) = (MachinePath.TryParse(origin.WorkingDirectory), project);
        MachinePath? senderHome = MachinePath.TryParse(origin.Home);
        _forms =
        [
            .. Forms(_senderProject, project),
            .. Encoded(_senderProject, project),
            .. Forms(senderHome?.Append(clientName), client),
            .. Forms(senderHome, home),
            // Of a project's name a hyphen may be a part; homes have projects below them.
            .. Encoded(senderHome, home).Select(form => form with { EndsAtHyphen = true }),
        ];
    }

    /// <summary>Writes text with the receiver's folders, and with the id that the session has here.</summary>
    public PathMapper Mapper(string senderId, string id) =>
        new(senderId == id || senderId.Length < id.Length ? _forms : [.. _forms, new PathForm(Encoding.UTF8.GetBytes(senderId), Encoding.UTF8.GetBytes(id), 0, TurnsSeparators: false)]);

    /// <summary>The folder of the receiver's in which a line was written as it were: in the project where it was in the project, else the project itself.</summary>
    public string WorkingDirectory(string senders)
    {
        IReadOnlyList<string>? below = MachinePath.TryParse(senders) is { } path ? _senderProject?.Below(path) : null;
        return (below is { Count: > 0 } ? _project.Append(below) : _project).ToString();
    }

    private static IEnumerable<PathForm> Forms(MachinePath? from, MachinePath? to) => from is null || to is null || IsSame(from, to) ? [] : PathForm.Of(from, to);

    private static IEnumerable<PathForm> Encoded(MachinePath? from, MachinePath? to) => from is null || to is null || IsSame(from, to) ? [] : [PathForm.OfEncoded(from, to)];

    private static bool IsSame(MachinePath one, MachinePath other) => one.ToString() == other.ToString();
}
