using System.Text;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover;

/// <summary>One way in which a folder of the sender is written in text, and what stands there for the receiver.</summary>
/// <param name="Find">What is looked for.</param>
/// <param name="Replacement">What is written instead.</param>
/// <param name="Separator">How many backslashes stand between names: one in text, two in JSON, four in JSON within JSON. 0 where other signs do.</param>
/// <param name="TurnsSeparators">Whether those that follow become slashes.</param>
internal sealed record PathForm(byte[] Find, byte[] Replacement, int Separator, bool TurnsSeparators)
{
    /// <summary>Whether a hyphen ends it: in an encoded name that is what stands between folders.</summary>
    public bool EndsAtHyphen { get; init; }

    // One in text and one more for each time that it is put into JSON.
    private static readonly string[] Backslashes = [@"\", @"\\", @"\\\\", @"\\\\\\\\"];

    /// <summary>The forms of one folder. Between systems of one kind a path keeps its form; to others it goes as their users can read it anywhere.</summary>
    public static IEnumerable<PathForm> Of(MachinePath from, MachinePath to)
    {
        string slashes = to.IsWindows ? $"{to.Drive}:" : "";
        if (!from.IsWindows)
            return [new(from.Written("", "/"), to.Written(slashes, "/"), 0, TurnsSeparators: false)];
        char drive = from.Drive!.Value;
        return [.. WindowsForms(from, to, drive), .. WindowsForms(from, to, char.ToLowerInvariant(drive))];
    }

    /// <summary>The name of the folder in which the client keeps a folder's sessions, and how the names begin that it gives to those below.</summary>
    public static PathForm OfEncoded(MachinePath from, MachinePath to) =>
        new(Encoding.UTF8.GetBytes(ProjectFolderName.Of(from.ToString())), Encoding.UTF8.GetBytes(ProjectFolderName.Of(to.ToString())), 0, TurnsSeparators: false);

    private static IEnumerable<PathForm> WindowsForms(MachinePath from, MachinePath to, char drive)
    {
        foreach (string separator in Backslashes)
            yield return new(from.Written($"{drive}:", separator), to.IsWindows ? to.Written($"{to.Drive}:", separator) : to.Written("", "/"), separator.Length, !to.IsWindows);
        yield return new(from.Written($"{drive}:", "/"), to.Written(to.IsWindows ? $"{to.Drive}:" : "", "/"), 0, TurnsSeparators: false);
        char lower = char.ToLowerInvariant(drive);
        if (drive != lower)
            yield break;
        // Shells of Unix on Windows.
        foreach (string mount in new[] { "/", "/mnt/" })
            yield return new(from.Written(mount + lower, "/"), to.Written(to.IsWindows ? mount + char.ToLowerInvariant(to.Drive!.Value) : "", "/"), 0, TurnsSeparators: false);
    }
}
