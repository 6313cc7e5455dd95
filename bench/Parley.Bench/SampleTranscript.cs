using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Bench;

/// <summary>
/// Makes a transcript of any size from the sample session: the same lines again and again, each time with fresh ids, and the first line of a
/// repetition hanging off the last one of the repetition before, so that it is one long conversation.
/// </summary>
internal static partial class SampleTranscript
{
    private const string NoParent = "\"parentUuid\":null";

    public static string FileName(string repository) => Path.GetFileName(Sample(repository));

    public static void Repeat(string repository, string path, long bytes)
    {
        string text = File.ReadAllText(Sample(repository));
        string lastLine = text.Split('\n').Last(l => Uuid().IsMatch(l));
        string parent = $"\"parentUuid\":\"{Uuid().Match(lastLine).Groups[1].Value}\"";
        var session = Path.GetFileNameWithoutExtension(path);
        var first = new Repetition(text, session);
        var next = new Repetition(ReplaceOnce(text, NoParent, parent), session, previous: text.IndexOf(NoParent, StringComparison.Ordinal) + "\"parentUuid\":\"".Length);

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream file = File.Create(path);
        for (int i = 0; file.Length < bytes; i++)
            (i == 0 ? first : next).Write(file, i);
    }

    private static string Sample(string repository) => Directory.EnumerateFiles(Path.Combine(repository, "samples"), "*.jsonl").Order(StringComparer.Ordinal).First();

    private static string ReplaceOnce(string text, string old, string by)
    {
        int at = text.IndexOf(old, StringComparison.Ordinal);
        return text[..at] + by + text[(at + old.Length)..];
    }

    [GeneratedRegex("\"uuid\":\"([0-9a-f-]{36})\"")]
    private static partial Regex Uuid();

    // Group 1 is the part of an id that a repetition overwrites with its number.
    [GeneratedRegex("([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?:msg|toolu|req)_01[0-9A-Z]?([0-9A-Za-z]{8})")]
    private static partial Regex Ids();

    /// <summary>The bytes of one repetition, and where its ids stand.</summary>
    private sealed class Repetition
    {
        private readonly byte[] _bytes;
        private readonly int[] _ids;
        private readonly int _previous = -1;

        public Repetition(string text, string session, int previous = -1)
        {
            _bytes = Encoding.UTF8.GetBytes(text);
            // Offsets are counted in bytes, so the ids are looked for in a text of one character for each byte.
            string latin = Encoding.Latin1.GetString(_bytes);
            if (previous >= 0)
                _previous = latin.IndexOf(text.Substring(previous, 36), StringComparison.Ordinal);
            _ids = [.. Ids().Matches(latin).Where(m => m.Value != session).Select(m => (m.Groups[1].Success ? m.Groups[1] : m.Groups[2]).Index).Where(i => i != _previous)];
        }

        public void Write(Stream output, int number)
        {
            foreach (int at in _ids)
                Put(at, number);
            if (_previous >= 0)
                Put(_previous, number - 1);
            output.Write(_bytes);
        }

        private void Put(int at, int number) => number.TryFormat(_bytes.AsSpan(at, 8), out _, "x8", CultureInfo.InvariantCulture);
    }
}
