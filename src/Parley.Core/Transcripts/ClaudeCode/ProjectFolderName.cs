namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>The name of the folder in which Claude Code keeps the sessions of a working directory.</summary>
public static class ProjectFolderName
{
    /// <summary>Names longer than this are cut and end in a hash of the whole path.</summary>
    private const int MaxChars = 200;

    /// <summary>The folder's name, without a path.</summary>
    /// <param name="workingDirectory">Absolute, links resolved.</param>
    public static string Of(string workingDirectory)
    {
        // By UTF-16 unit, as the client's JavaScript does: a character beyond the basic plane becomes two dashes.
        string name = string.Create(workingDirectory.Length, workingDirectory, (to, from) =>
        {
            for (int i = 0; i < from.Length; i++)
                to[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '-';
        });
        return name.Length <= MaxChars ? name : $"{name[..MaxChars]}-{Hash(workingDirectory)}";
    }

    // 31-fold sums in 32-bit arithmetic; the absolute value in base 36.
    private static string Hash(string text)
    {
        int hash = 0;
        foreach (char unit in text)
            hash = unchecked(hash * 31 + unit);
        long rest = Math.Abs((long)hash);
        string digits = "";
        do
        {
            digits = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(rest % 36)] + digits;
            rest /= 36;
        }
        while (rest > 0);
        return digits;
    }
}
