namespace Parley.Bench;

/// <summary>Makes text to redact, the same at every run.</summary>
internal static class Texts
{
    private const int Seed = 7;

    /// <summary>What scanners look at twice: beginnings of secrets that go on for ever, or nowhere.</summary>
    private static readonly string[] Lures =
    [
        "sk-", "sk-sk-sk-", "ghp_", "xoxb-", "AKIA", "eyJ", "eyJeyJ.eyJ", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "password=", "PASSWORD: \\\"", "token = ", "https://a:", "\\\\\\\\",
        "Authorization: ", "Bearer ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "/home/", "=======", "\u001b[31m",
    ];

    /// <summary>Lines of made-up words, without anything to find.</summary>
    public static void WriteClean(string path, long bytes)
    {
        var random = new Random(Seed);
        string[] words = Words(random);
        Write(path, bytes, () => string.Join(' ', random.GetItems(words, 14)) + ".\n");
    }

    /// <summary>Lines of lures, from short to 100,000 pieces long.</summary>
    public static void WriteHostile(string path, long bytes)
    {
        var random = new Random(Seed);
        int[] lengths = [5, 50, 1000, 100_000];
        int line = 0;
        Write(path, bytes, () => string.Concat(random.GetItems(Lures, lengths[line++ % lengths.Length])) + "\n");
    }

    /// <summary>Gives texts of made-up words without anything to find, of about so many characters.</summary>
    public static Func<int, string> Sentences()
    {
        var random = new Random(Seed);
        string[] words = Words(random);
        double length = words.Average(w => w.Length + 1);
        return size => string.Join(' ', random.GetItems(words, (int)(size / length)));
    }

    private static string[] Words(Random random) =>
        [.. Enumerable.Range(0, 5000).Select(_ => new string(random.GetItems<char>("abcdefghijklmnoprstuvw", random.Next(2, 10))))];

    private static void Write(string path, long bytes, Func<string> line)
    {
        using StreamWriter text = File.CreateText(path);
        for (long written = 0; written < bytes;)
        {
            string next = line();
            text.Write(next);
            written += next.Length;
        }
    }
}
