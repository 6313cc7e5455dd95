using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Personal;

/// <summary>
/// Finds what names a person or a machine without being a secret: home folders, the project's folder, login and host names, in plain
/// paths, with doubled backslashes, and in the folder names that Claude Code makes of paths.
/// </summary>
internal sealed class PersonalFinder
{
    private readonly List<Hit> _hits = [];
    private readonly Teddy _teddy;
    private readonly List<(PersonalKind Kind, KnownFolder? Folder, int Length)> _meanings = [];

    public PersonalFinder(RedactionOptions options)
    {
        var needles = new List<Needle>();
        Add("home", true, PersonalKind.Home);
        Add("users", true, PersonalKind.Users);
        Add("/root", false, PersonalKind.Root);
        foreach (string folder in options.ProjectFolders.Where(KnownFolder.IsUseful))
            AddFolder(new KnownFolder(folder, PersonalKind.Project));
        foreach (string folder in options.HomeFolders.Where(KnownFolder.IsUseful))
        {
            var home = new KnownFolder(folder, PersonalKind.KnownHome);
            AddFolder(home);
            Add(home.Encoded, false, PersonalKind.EncodedHome);
        }
        foreach (string name in options.UserNames.Where(PersonalNames.IsTelling))
            Add(name, true, PersonalKind.UserName);
        foreach (string name in options.HostNames.Where(PersonalNames.IsTelling))
            Add(name, true, PersonalKind.HostName);
        _teddy = new Teddy(needles, NeedlePlan.Quick(needles));

        void AddFolder(KnownFolder folder) => Add(folder.LastSegment, false, folder.Kind, folder);

        void Add(string text, bool ignoreCase, PersonalKind kind, KnownFolder? folder = null)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(ignoreCase ? text.ToLowerInvariant() : text);
            if (bytes.Length < 3)
                return;
            needles.Add(new Needle(bytes, ignoreCase, needles.Count));
            _meanings.Add((kind, folder, bytes.Length));
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
    public void Find(ReadOnlySpan<byte> text, List<Edit> edits)
    {
        foreach (Hit hit in _hits)
        {
            (PersonalKind kind, KnownFolder? folder, int length) = _meanings[hit.Needle];
            int end = hit.Start + length;
            Edit? edit = kind switch
            {
                PersonalKind.Home => HomePaths.AtHome(text, hit.Start),
                PersonalKind.Users => HomePaths.AtUsers(text, hit.Start),
                PersonalKind.Root => HomePaths.AtRoot(text, hit.Start),
                PersonalKind.KnownHome or PersonalKind.Project => folder!.Find(text, end),
                PersonalKind.EncodedHome => EncodedPaths.AtKnownHome(text, hit.Start, end),
                PersonalKind.UserName => PersonalNames.AtName(text, hit.Start, end, "user", "user-name"),
                _ => PersonalNames.AtName(text, hit.Start, end, "host", "host-name"),
            };
            if (edit is { } found)
                edits.Add(found);
        }
    }
}

/// <summary>What a needle of <see cref="PersonalFinder"/> stands for.</summary>
internal enum PersonalKind
{
    Home,
    Users,
    Root,
    KnownHome,
    Project,
    EncodedHome,
    UserName,
    HostName,
}
