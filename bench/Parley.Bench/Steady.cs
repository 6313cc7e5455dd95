using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Parley.Core.Redaction;

namespace Parley.Bench;

/// <summary>The redaction's engine without the command around it: its steady speed in this process, and its start in new ones.</summary>
internal static class Steady
{
    private const int MaxInput = 50_000_000;
    private const int Piece = 1 << 20;
    private const int WarmUps = 3;

    private static readonly RedactionOptions Options = new() { HomeFolders = ["/home/somebody"], UserNames = ["somebody"], HostNames = ["somewhere"] };

    /// <summary>MB/s of redacting a file as it comes, and of redacting it as one thing.</summary>
    public static double[] Measure(string path, int runs)
    {
        bool isJson = path.EndsWith(".jsonl", StringComparison.Ordinal);
        byte[] input = File.ReadAllBytes(path);
        Array.Resize(ref input, Math.Min(input.Length, MaxInput));
        List<Range> pieces = [.. Pieces(input, isJson ? 1 : Piece)];
        return [Best(AsItComes), Best(AsOneThing)];

        double Best(Action<byte[], List<Range>, bool> redact) => Enumerable.Range(0, WarmUps + runs).Select(_ =>
        {
            long began = Stopwatch.GetTimestamp();
            redact(input, pieces, isJson);
            return input.Length / 1e6 / Stopwatch.GetElapsedTime(began).TotalSeconds;
        }).Skip(WarmUps).Max();
    }

    /// <summary>How long a new process takes to have its first line redacted, the runtime's own start not counted.</summary>
    public static TimeSpan Start(int runs)
    {
        List<double> times = [];
        for (int i = 0; i < runs; i++)
        {
            using Process child = Process.Start(new ProcessStartInfo("dotnet", [typeof(Steady).Assembly.Location, "redact-once"]) { RedirectStandardOutput = true })!;
            times.Add(double.Parse(child.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture));
            child.WaitForExit();
        }
        return TimeSpan.FromMilliseconds(times.Order().ElementAt(runs / 2));
    }

    /// <summary>What the new process does: a line of a transcript with a home folder in it.</summary>
    public static int StartAsChild()
    {
        byte[] line = Encoding.UTF8.GetBytes("""{"type":"user","cwd":"/home/somebody/app","message":{"role":"user","content":"Why does the build fail?"}}""");
        var output = new ArrayBufferWriter<byte>(line.Length);
        long began = Stopwatch.GetTimestamp();
        new Redactor(Options).RedactJson(line, output);
        Console.WriteLine(Stopwatch.GetElapsedTime(began).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        return output.WrittenSpan.IndexOf("~/app"u8) > 0 ? 0 : 1;
    }

    private static void AsOneThing(byte[] input, List<Range> pieces, bool isJson)
    {
        var file = new FileRedactor(new Redactor(Options), isJson);
        foreach (Range piece in pieces)
            file.Add(input.AsSpan(piece));
        file.Finish(new MemoryStream(input), Stream.Null, CancellationToken.None);
    }

    private static void AsItComes(byte[] input, List<Range> pieces, bool isJson)
    {
        var output = new ArrayBufferWriter<byte>(2 * Piece);
        var redactor = new Redactor(Options);
        foreach (Range piece in pieces)
        {
            output.ResetWrittenCount();
            if (isJson)
                redactor.RedactJson(input.AsSpan(piece), output);
            else
                redactor.RedactText(input.AsSpan(piece), output);
        }
    }

    // Pieces of at least a size, which end where a line ends.
    private static IEnumerable<Range> Pieces(byte[] input, int size)
    {
        for (int at = 0; at < input.Length;)
        {
            int end = Array.IndexOf(input, (byte)'\n', Math.Min(at + size, input.Length) - 1);
            end = end < 0 ? input.Length : end + 1;
            yield return at..end;
            at = end;
        }
    }
}
