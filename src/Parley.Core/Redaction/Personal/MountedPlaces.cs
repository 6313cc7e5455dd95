namespace Parley.Core.Redaction.Personal;

/// <summary>
/// Recognises what stands before <c>/home</c> or <c>/Users</c> where another system's disk is seen through a mount or an address:
/// <c>/Volumes/Data</c>, <c>\\wsl$\Ubuntu</c>, <c>vscode-remote://ssh-remote+host</c>. Each has a name between.
/// </summary>
internal static class MountedPlaces
{
    private const int MaxName = 64;

    private static readonly byte[][] Mounts = ["Volumes"u8.ToArray(), "wsl$"u8.ToArray(), "wsl.localhost"u8.ToArray()];

    /// <summary>Where the part begins that the tilde replaces; -1 where no mount stands before <paramref name="end"/>.</summary>
    public static int Start(ReadOnlySpan<byte> text, int end)
    {
        int name = end;
        while (name > 0 && end - name < MaxName && (PathText.IsName(text[name - 1]) || text[name - 1] is (byte)' ' or (byte)'%'))
            name--;
        int separator = PathText.SeparatorBefore(text, name);
        if (name == end || separator == 0)
            return -1;
        ReadOnlySpan<byte> before = text[..(name - separator)];
        if (before.EndsWith("vscode-remote:"u8))
            return end;
        foreach (byte[] mount in Mounts)
        {
            int at = before.Length - mount.Length;
            if (before.EndsWith(mount) && PathText.SeparatorBefore(text, at) is > 0 and var leading)
                return AtSystem(text, at - leading);
        }
        return -1;
    }

    // /System/Volumes/Data
    private static int AtSystem(ReadOnlySpan<byte> text, int at) => text[..at].EndsWith("/System"u8) ? at - "/System".Length : at;
}
