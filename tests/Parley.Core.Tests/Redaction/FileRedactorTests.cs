using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Core.Redaction;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Redaction;

/// <summary>A file that is redacted in one pass comes out as one that was learned from first, but for the numbers of its values.</summary>
public sealed partial class FileRedactorTests
{
    private static readonly RedactionOptions Options = new()
    {
        HomeFolders = ["/home/jane"],
        OwnRules = [new OwnRule("own", @"ünï\\?[0-9]{8}")],
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Secrets_before_their_context_go_as_if_they_had_been_known(bool isJson)
    {
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            byte[][] pieces = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Lines(random, seed, isJson))];

            (string text, RedactionReport report) = InOnePass(pieces, isJson);

            (string expected, RedactionReport expectedReport) = InTwoPasses(pieces, isJson);
            Assert.Equal(Renumbered(expected), Renumbered(text));
            Assert.Equal(expectedReport.Counts.OrderBy(c => c.Key), report.Counts.OrderBy(c => c.Key));
            Assert.Equal(expectedReport.Findings.Select(f => (f.Rule, f.Place, f.Masked)), report.Findings.Select(f => (f.Rule, f.Place, f.Masked)));
        }
    }

    [Fact]
    public void Transcripts_come_out_as_in_two_passes()
    {
        foreach (string name in Corpus.Names)
        {
            byte[][] file = [File.ReadAllBytes(Corpus.Session(name))];

            Assert.Equal(Renumbered(InTwoPasses(file, isJson: true).Text), Renumbered(InOnePass(file, isJson: true).Text));
            Assert.Equal(Renumbered(InTwoPasses(file, isJson: false).Text), Renumbered(InOnePass(file, isJson: false).Text));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2_000)]
    public void What_is_more_than_may_be_held_back_comes_out_the_same(long limit)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            byte[][] pieces = [.. Enumerable.Range(0, 8).Select(_ => Lines(random, seed, isJson: true))];

            Assert.Equal(Renumbered(InTwoPasses(pieces, isJson: true).Text), Renumbered(InOnePass(pieces, isJson: true, limit).Text));
        }
    }

    [Fact]
    public void Values_are_numbered_as_they_are_found()
    {
        string late = Vectors.Random(24, seed: 1), early = Vectors.Random(24, seed: 2);
        byte[][] pieces = [Bytes($"see {late}\n"), Bytes($"PASSWORD={early}\n"), Bytes($"PASSWORD={late}\n")];

        Assert.Equal("see [REDACTED:password:2]\nPASSWORD=[REDACTED:password]\nPASSWORD=[REDACTED:password:2]\n", InOnePass(pieces, isJson: false).Text);
    }

    [Fact]
    public void A_value_goes_from_the_strings_before_it_in_the_same_json()
    {
        string value = Vectors.Random(24, seed: 3);
        var output = new ArrayBufferWriter<byte>();

        new Redactor(new RedactionOptions()).RedactJson(Bytes($$"""{"see":"{{value}}","text":"PASSWORD={{value}}"}"""), output);

        Assert.Equal("""{"see":"[REDACTED:password]","text":"PASSWORD=[REDACTED:password]"}""", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static (string Text, RedactionReport Report) InOnePass(byte[][] pieces, bool isJson, long limit = FileRedactor.MaxHeld)
    {
        var redactor = new Redactor(Options);
        var file = new FileRedactor(redactor, isJson) { Limit = limit };
        foreach (byte[] piece in pieces)
            file.Add(piece);
        using var output = new MemoryStream();
        file.Finish(new MemoryStream([.. pieces.SelectMany(p => p)]), output, TestContext.Current.CancellationToken);
        return (Encoding.UTF8.GetString(output.ToArray()), redactor.Report);
    }

    private static (string Text, RedactionReport Report) InTwoPasses(byte[][] pieces, bool isJson)
    {
        var redactor = new Redactor(Options);
        var output = new ArrayBufferWriter<byte>();
        foreach (byte[] piece in pieces)
        {
            if (!isJson)
                redactor.LearnText(piece);
            foreach (Range line in isJson ? piece.AsSpan().Split((byte)'\n') : default)
                redactor.LearnJson(piece[line]);
        }
        foreach (byte[] piece in pieces)
        {
            if (isJson)
                redactor.RedactJsonLines(piece, output);
            else
                redactor.RedactText(piece, output);
        }
        return (Encoding.UTF8.GetString(output.WrittenSpan), redactor.Report);
    }

    // A few values, each at random bare, in base64, escaped, or where something gives it away.
    private static byte[] Lines(Random random, int seed, bool isJson)
    {
        var lines = new StringBuilder();
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            string value = Value(random.Next(5), seed), text = random.Next(6) switch
            {
                0 => Contexts.Fill(Pick(random, Contexts.Named), value, Pick(random, ["API_KEY", "password", "DB_TOKEN"])),
                1 => $"PASSWORD='{value}'",
                2 => $"Authorization: Basic {Convert.ToBase64String(Bytes("me:" + value))}",
                3 => $"data {Convert.ToBase64String(Bytes(new string('\n', random.Next(3)) + "see " + value + " and"))} /home/jane/{value}/x",
                4 => string.Concat(value.Select(c => random.Next(3) == 0 ? Pick(random, [$"\\u{(int)c:x4}", $"%{(int)c:X2}", $"\\x{(int)c:x2}", $"\u001b[1m{c}"]) : c.ToString())) + " /home/jane/x",
                _ => $"see {value}, {value}",
            };
            lines.Append(isJson && random.Next(12) > 0 ? Json(random, text) : text).Append('\n');
        }
        return Bytes(lines.ToString());
    }

    // Some characters are escaped that need not be, among them those that begin the text's own escapes.
    private static string Json(Random random, string text)
    {
        string json = random.Next(3) switch
        {
            0 => JsonSerializer.Serialize(new { text, nested = JsonSerializer.Serialize(new { text }) }),
            1 => JsonSerializer.Serialize(new { type = "user", content = new object[] { new { type = "text", text }, 1, text } }),
            _ => JsonSerializer.Serialize(text),
        };
        return random.Next(2) == 0 ? json : json.Replace("%", "\\u0025", StringComparison.Ordinal).Replace("\\\\", "\\u005c", StringComparison.Ordinal);
    }

    private static string Value(int index, int seed) => index switch
    {
        0 => "ghp_" + Vectors.Random(36, seed),
        1 => Vectors.Random(20, seed + 1),
        2 => Vectors.Random(12, seed + 2) + "/+=%" + Vectors.Random(4, seed),
        3 => "ünï\\" + Vectors.Random(8, seed, "0123456789"),
        _ => Vectors.Random(32, seed + 3, Vectors.Hexadecimal),
    };

    private static string Renumbered(string text)
    {
        Dictionary<string, string> names = [];
        Dictionary<string, int> counts = [];
        return Marker().Replace(text, match =>
        {
            if (!names.TryGetValue(match.Value, out string? name))
            {
                int number = counts[match.Groups[1].Value] = counts.GetValueOrDefault(match.Groups[1].Value) + 1;
                names[match.Value] = name = string.Create(CultureInfo.InvariantCulture, $"[{match.Groups[1].Value} {number}]");
            }
            return name;
        });
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    [GeneratedRegex(@"\[REDACTED:([a-z0-9-]+)(?::[0-9]+)?\]")]
    private static partial Regex Marker();
}
