using System.Text;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover;

/// <summary>Which folder of the receiver stands for which of the sender: the project for the project, the home for the home.</summary>
internal sealed class FolderMapping
{
    private readonly List<(MachinePath From, MachinePath To)> _folders = [];
    private readonly MachinePath? _senderProject;
    private readonly MachinePath? _project;
    private readonly InstallTarget _target;
    private readonly string _clientFolder;

    /// <param name="origin">Where the session was written.</param>
    /// <param name="target">Where it is taken over to.</param>
    /// <param name="clientFolder">The name that the agent's own folder has in a home, where nobody says otherwise.</param>
    public FolderMapping(SessionOrigin origin, InstallTarget target, string clientFolder)
    {
        (_target, _clientFolder) = (target, clientFolder);
        _senderProject = MachinePath.TryParse(origin.WorkingDirectory);
        _project = MachinePath.TryParse(target.RealProject);
        MachinePath? home = MachinePath.TryParse(origin.Home);
        Map(_senderProject, _project);
        Map(home?.Append(clientFolder), MachinePath.TryParse(target.ClientFolder));
        Map(home, MachinePath.TryParse(target.Home));
    }

    /// <summary>Writes text with the receiver's folders, and with the id that the session has here.</summary>
    public PathMapper Mapper(string senderId, string id)
    {
        var names = _folders.Where(folder => folder.From.Names[^1] != _clientFolder);
        IEnumerable<PathForm> forms = [.. _folders.SelectMany(folder => PathForm.Of(folder.From, folder.To)), .. names.Select(folder => PathForm.OfEncoded(folder.From, folder.To))];
        return new PathMapper(senderId == id ? forms : forms.Append(new PathForm(Encoding.UTF8.GetBytes(senderId), Encoding.UTF8.GetBytes(id), 0, TurnsSeparators: false)));
    }

    /// <summary>The folder of the receiver's in which a line was written as it were: in the project where it was in the project, else the project itself.</summary>
    public string WorkingDirectory(string senders)
    {
        IReadOnlyList<string>? below = MachinePath.TryParse(senders) is { } path ? _senderProject?.Below(path) : null;
        return below is { Count: > 0 } && _project is not null ? _project.Append(below).ToString() : _target.RealProject;
    }

    private void Map(MachinePath? from, MachinePath? to)
    {
        if (from is not null && to is not null && from.ToString() != to.ToString())
            _folders.Add((from, to));
    }
}
