using System.Text.Encodings.Web;
using System.Text.Json;

namespace Parley.Bench.Live;

/// <summary>A transcript that is written while it is followed: questions and answers in turn, each a line and an entry.</summary>
internal sealed class GrowingTranscript : IDisposable
{
    private const string Session = "0be0c4a1-5e55-4000-8000-000000000001";

    private readonly FileStream _file;
    private readonly int _size;
    private readonly Func<int, string> _text = Texts.Sentences();

    /// <param name="folder">Where it is written.</param>
    /// <param name="size">About how many characters of text a line has.</param>
    public GrowingTranscript(string folder, int size)
    {
        Directory.CreateDirectory(folder);
        _size = size;
        Path = System.IO.Path.Combine(folder, $"{Session}.jsonl");
        _file = new FileStream(Path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.ReadWrite });
    }

    public string Path { get; }

    /// <summary>Lines that were written. Line 1 is entry 1.</summary>
    public int Lines { get; private set; }

    /// <summary>Writes so many lines at once.</summary>
    public void Append(int lines)
    {
        using var text = new MemoryStream();
        for (int i = 0; i < lines; i++)
        {
            text.Write(JsonSerializer.SerializeToUtf8Bytes(Line(++Lines), Options));
            text.WriteByte((byte)'\n');
        }
        _file.Write(text.GetBuffer().AsSpan(0, (int)text.Length));
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Dictionary<string, object?> Line(int number)
    {
        bool isQuestion = number % 2 == 1;
        return new()
        {
            ["parentUuid"] = number == 1 ? null : Id(number - 1),
            ["isSidechain"] = false,
            ["type"] = isQuestion ? "user" : "assistant",
            ["message"] = isQuestion ? new { role = "user", content = _text(_size) } : Answer(number),
            ["uuid"] = Id(number),
            ["timestamp"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["userType"] = "external",
            ["cwd"] = "/home/somebody/app",
            ["sessionId"] = Session,
            ["version"] = "2.1.197",
            ["gitBranch"] = "main",
        };
    }

    private object Answer(int number) => new
    {
        id = $"msg_{number:x24}",
        type = "message",
        role = "assistant",
        model = "claude-opus-4-8",
        content = new[] { new { type = "text", text = _text(_size) } },
        stop_reason = "end_turn",
        usage = new { input_tokens = 6, output_tokens = 301 },
    };

    private static string Id(int number) => $"{number:x8}-0000-4000-8000-000000000000";
}
