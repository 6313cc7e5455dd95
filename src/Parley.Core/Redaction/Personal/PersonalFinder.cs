using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Personal;

/// <summary>
/// Finds what names a person or a machine without being a secret: home folders, the project's folder, login and host names, in plain
/// paths, with doubled backslashes, and in the folder names that Claude Code makes of paths.
/// </summary>
internal sealed class PersonalFinder
{
    private readonly Pile<Hit> _hits = new();
    private readonly Teddy _teddy;
    private readonly List<Meaning> _meanings = [];

    public PersonalFinder(RedactionOptions options)
    {
        Add("home", true, PersonalKind.Home);
        Add("users", true, PersonalKind.Users);
        foreach (string folder in options.ProjectFolders)
            AddFolder(folder, PersonalKind.Project);
        foreach (string folder in options.HomeFolders)
        {
            if (AddFolder(folder, PersonalKind.KnownHome) is { } home)
                Add(home.Encoded, false, PersonalKind.EncodedHome);
        }
        foreach (string name in options.UserNames)
            AddName(name, PersonalKind.UserName);
        foreach (string name in options.HostNames)
            AddName(name, PersonalKind.HostName);
        var needles = new Needle[_meanings.Count];
        var plan = new NeedlePlan[needles.Length];
        var windows = new FreshWindows();
        for (int n = 0; n < needles.Length; n++)
            plan[n] = windows.Plan(needles[n] = new Needle(_meanings[n].Text, _meanings[n].IgnoreCase, n));
        _teddy = new Teddy(needles, plan);

        KnownFolder? AddFolder(string path, PersonalKind kind)
        {
            if (!KnownFolder.IsUseful(path))
                return null;
            var folder = new KnownFolder(path, kind);
            Add(folder.LastSegment, false, kind, folder);
            return folder;
        }

        void AddName(string name, PersonalKind kind)
        {
            if (PersonalNames.IsTelling(name))
                Add(name, true, kind);
        }

        void Add(string text, bool ignoreCase, PersonalKind kind, KnownFolder? folder = null)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(ignoreCase ? text.ToLowerInvariant() : text);
            if (bytes.Length >= NeedleIndex.MinLength)
                _meanings.Add(new Meaning(bytes, ignoreCase, kind, folder));
        }
    }

    /// <summary>Looks for what calls for a closer look, and says whether there is any. Escaped text may be scanned as it is.</summary>
    public bool Scan(ReadOnlySpan<byte> text)
    {
        _hits.Clear();
        _teddy.Find(text, _hits);
        return _hits.Count > 0;
    }

    /// <summary>Adds the places in a JSON value that was scanned.</summary>
    public void AddPlaces(HitPlaces places) => places.Add(_hits);

    /// <summary>Adds an edit for each finding in the text that was scanned last; they may overlap.</summary>
    public void Find(ReadOnlySpan<byte> text, Pile<Edit> edits)
    {
        foreach (Hit hit in _hits)
        {
            Meaning meaning = _meanings[hit.Needle];
            int end = hit.Start + meaning.Text.Length;
            Edit? edit = meaning.Kind switch
            {
                PersonalKind.Home => HomePaths.AtHome(text, hit.Start),
                PersonalKind.Users => HomePaths.AtUsers(text, hit.Start),
                PersonalKind.KnownHome or PersonalKind.Project => meaning.Folder!.Find(text, end),
                PersonalKind.EncodedHome => EncodedPaths.AtKnownHome(text, hit.Start, end),
                PersonalKind.UserName => PersonalNames.AtName(text, hit.Start, end, "user", "user-name"),
                _ => PersonalNames.AtName(text, hit.Start, end, "host", "host-name"),
            };
            if (edit is { } found)
                edits.Add(found);
        }
    }

    private sealed record Meaning(byte[] Text, bool IgnoreCase, PersonalKind Kind, KnownFolder? Folder);
}

/// <summary>What a needle of <see cref="PersonalFinder"/> stands for.</summary>
internal enum PersonalKind
{
    Home,
    Users,
    KnownHome,
    Project,
    EncodedHome,
    UserName,
    HostName,
}
