using Parley.Core.Redaction;
using Parley.Core.Redaction.Personal;
using Parley.Core.Transcripts;

namespace Parley.Cli.Sharing;

/// <summary>What is to be taken out here: the names and folders of this machine and its user, and what the redaction files ask for.</summary>
internal static class Machine
{
    /// <summary>A shorter name stands in too many words to be replaced.</summary>
    private const int MinNameLength = 3;

    // Names that many machines have tell nothing of a person, and are ordinary words in a transcript.
    private static readonly HashSet<string> NamesOfNobody = new(StringComparer.OrdinalIgnoreCase)
    {
        "root", "admin", "administrator", "user", "users", "home", "node", "app", "dev", "build", "runner", "ubuntu", "debian", "vscode",
        "docker", "codespace", "coder", "gitpod", "jenkins", "project", "vagrant", "workspace", "localhost", "local", "claude", "test", "default", "guest", "public", "nobody", "daemon", "www-data",
    };

    /// <summary>The options for a transcript of this machine, whose own folder counts as the project's; without one, for text of the current folder.</summary>
    /// <exception cref="Failure">A redaction file can't be used.</exception>
    public static RedactionOptions Redaction(TranscriptInfo? transcript = null)
    {
        string own = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        // A transcript that was written elsewhere tells of the home there.
        string? foreign = transcript?.WorkingDirectory is { } place ? HomeFolder.Of(place) : null;
        string[] homes = [.. new[] { own, foreign }.OfType<string>().Where(h => h.Length > 1).Distinct()];
        var options = new RedactionOptions
        {
            HomeFolders = homes,
            ProjectFolders = transcript?.WorkingDirectory is { Length: > 1 } folder ? [folder] : [],
            UserNames = Names([Environment.UserName, .. homes.Select(h => h[(h.LastIndexOfAny(['/', '\\']) + 1)..]), .. GitIdentity.Of(own, transcript?.WorkingDirectory)]),
            HostNames = Names(Environment.MachineName, Environment.MachineName.Split('.')[0]),
        };
        return RedactionFiles.AddTo(options, transcript is null ? Environment.CurrentDirectory : transcript.WorkingDirectory);
    }

    private static string[] Names(params string[] names) =>
        [.. names.Where(n => n.Length >= MinNameLength && !NamesOfNobody.Contains(n)).Distinct(StringComparer.OrdinalIgnoreCase)];
}
