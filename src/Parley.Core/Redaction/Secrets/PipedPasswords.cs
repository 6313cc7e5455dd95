using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises a password that a command is given on its input: <c>echo X | sudo -S …</c>, <c>chpasswd &lt;&lt;&lt; 'jane:X'</c>.</summary>
internal static class PipedPasswords
{
    private const int MaxLine = 512;

    /// <summary>What calls the commands that read a password.</summary>
    public static readonly string[] Readers = ["sudo -S", "--password-stdin", "--with-token", "chpasswd", "passwd --stdin", "secret put ", "gh secret set ", "vercel env add ", "-passin stdin", "--pass-stdin", "cryptsetup "];

    private static readonly byte[][] Writers = ["echo "u8.ToArray(), "printf "u8.ToArray(), "Write-Output "u8.ToArray()];

    public static void Recognise(in Scene scene, int at)
    {
        ReadOnlySpan<byte> before = scene.Text[Math.Max(0, at - MaxLine)..at];
        int pipe = before[(before.LastIndexOf((byte)'\n') + 1)..].LastIndexOf((byte)'|') is >= 0 and var n ? before.LastIndexOf((byte)'\n') + 1 + n : 0;
        foreach (byte[] writer in Writers)
        {
            // A format of printf may end a line.
            int call = before[..pipe].LastIndexOf(writer);
            if (call >= 0 && before[call..pipe].Count((byte)'\n') <= 1)
                AddLastWord(scene, at - before.Length + call + writer.Length);
        }
        ReadOnlySpan<byte> after = scene.Text[at..Math.Min(scene.Text.Length, at + MaxLine)];
        int end = after.IndexOf((byte)'\n');
        if (after[..(end < 0 ? after.Length : end)].IndexOf("<<<"u8) is >= 0 and var input)
            AddFirstWord(scene, at + input + 3);
    }

    // The last word up to the pipe: the ones before are options and a format.
    private static void AddLastWord(in Scene scene, int from)
    {
        ReadOnlySpan<byte> text = scene.Text[from..Math.Min(scene.Text.Length, from + MaxLine)];
        var words = new ShellWords(text);
        (int start, int end) = (0, 0);
        while (words.MoveNext() && (end == 0 || text[words.Current.End - 1] != '-' && !text[end..words.Current.Start].Contains((byte)'\n')))
            (start, end) = words.Current;
        Add(scene, from + start, from + end);
    }

    private static void AddFirstWord(in Scene scene, int from)
    {
        var words = new ShellWords(scene.Text[from..Math.Min(scene.Text.Length, from + MaxLine)]);
        if (words.MoveNext())
            Add(scene, from + words.Current.Start, from + words.Current.End);
    }

    // user:password for chpasswd
    private static void Add(in Scene scene, int start, int end)
    {
        ReadOnlySpan<byte> word = scene.Text[start..end];
        int user = word.IndexOf((byte)':') is > 0 and var colon && !word[..colon].ContainsAnyExceptInRange((byte)'a', (byte)'z') ? colon + 1 : 0;
        if (Plausibility.IsSecret(word[user..], Grade.Password, Link.Flag, quoted: true))
            scene.Add(start + user, end, "password", Certainty.Context);
    }
}
