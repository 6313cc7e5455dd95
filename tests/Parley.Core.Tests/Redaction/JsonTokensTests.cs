using System.Text;
using System.Text.Json;
using Parley.Core.Redaction;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Redaction;

/// <summary>The tokens of JSON, against those of the framework's reader.</summary>
public sealed class JsonTokensTests
{
    private const string Signs = "{}[]:,\"\\ \n\t\r\0\u0001-+.eE0123456789truefalsn\u00e9/u";

    public static TheoryData<string> Values() =>
    [
        "null", " true ", "false\n", "0", "-0", "10", "-1.5e+10", "1E5", "\"\"", "{}", "[]", " [ ] ", "{ }", """{"a":1}""", """[1,"b",{"c":[null]}]""",
        """{"a":{"b":["c","d"]},"e":"f"}""", """["\u00e9\n\"\\\/\b\f\r\t"]""", "\"" + new string('x', 100) + "\"", "\"" + new string('x', 31) + "\\n" + new string('y', 40) + "\"",
    ];

    public static TheoryData<string> Others() =>
    [
        "", " ", "nul", "nullx", "tru", "01", "1.", "-", ".5", "1e", "+1", "1 2", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"", "\"\u0001\"", "{", "[", "}", "]",
        "[}", "{]", "[1,]", "[,1]", "{,}", """{"a"}""", """{"a":}""", """{"a":1,}""", """{a:1}""", """{"a" 1}""", "[1 2]", """["a":1]""", "'a'", "//\n1", "\uFEFF1", "1\0", "{}{}",
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void JSON_is_read_to_its_end(string json)
    {
        Assert.Equal(Framework(json), Assert.IsType<string>(Read(json)));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void What_is_not_JSON_is_said_to_be_none(string text)
    {
        Assert.Null(Framework(text));
        Assert.Null(Read(text));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1_000)]
    public void Objects_and_arrays_are_told_apart_however_deep_they_are(int depth)
    {
        string opening = string.Concat(Enumerable.Range(0, depth).Select(i => i % 3 == 0 ? "[" : "{\"a\":")), closing = string.Concat(Enumerable.Range(0, depth).Reverse().Select(i => i % 3 == 0 ? "]" : "}"));

        Assert.Equal(Framework($"{opening}1{closing}"), Assert.IsType<string>(Read($"{opening}1{closing}")));
        Assert.Null(Read($"{opening}1{closing[1..]}"));
        Assert.Null(Read($"{opening}1{(closing[0] == ']' ? '}' : ']')}{closing[1..]}"));
    }

    [Fact]
    public void Nesting_has_a_limit()
    {
        Assert.NotNull(Read(new string('[', JsonTokens.MaxDepth) + new string(']', JsonTokens.MaxDepth)));
        Assert.Null(Read(new string('[', JsonTokens.MaxDepth + 1) + new string(']', JsonTokens.MaxDepth + 1)));
    }

    [Fact]
    public void Lines_of_transcripts_and_what_is_left_of_them_after_damage_are_read_as_the_framework_reads_them()
    {
        var random = new Random(20261121);
        foreach (string line in Corpus.Names.SelectMany(name => File.ReadLines(Corpus.Session(name))))
        {
            Assert.Equal(Framework(line), Read(line));
            for (int i = 0; i < 3; i++)
            {
                string damaged = Damage(line, random);
                Assert.Equal(Framework(damaged), Read(damaged));
            }
        }
    }

    [Fact]
    public void Short_texts_of_the_signs_of_JSON_are_read_as_the_framework_reads_them()
    {
        var random = new Random(8259);
        for (int i = 0; i < 20_000; i++)
        {
            string text = new(random.GetItems<char>(Signs, random.Next(1, 12)));
            Assert.Equal(Framework(text), Read(text));
        }
    }

    private static string Damage(string line, Random random)
    {
        int at = random.Next(line.Length), end = Math.Min(line.Length, at + random.Next(3));
        return random.Next(3) switch
        {
            0 => line[..at],
            1 => line[..at] + line[end..],
            _ => line[..at] + Signs[random.Next(Signs.Length)] + line[end..],
        };
    }

    // Each token on a line of its own; null for what is not JSON.
    private static string? Read(string text)
    {
        byte[] json = Encoding.UTF8.GetBytes(text);
        var all = new StringBuilder();
        var tokens = new JsonTokens(json);
        while (tokens.Read())
            all.Append($"{tokens.Type} {tokens.Start} {tokens.IsEscaped} {(tokens.Type == JsonToken.Other ? 0 : tokens.Depth)} {Encoding.UTF8.GetString(tokens.Value)}\n");
        return tokens.IsBroken ? null : all.ToString();
    }

    private static string? Framework(string text)
    {
        byte[] json = Encoding.UTF8.GetBytes(text);
        var all = new StringBuilder();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1_000_000 });
            while (reader.Read())
            {
                JsonToken type = reader.TokenType switch { JsonTokenType.PropertyName => JsonToken.Name, JsonTokenType.String => JsonToken.String, _ => JsonToken.Other };
                bool isOther = type == JsonToken.Other;
                all.Append($"{type} {reader.TokenStartIndex} {!isOther && reader.ValueIsEscaped} {(isOther ? 0 : reader.CurrentDepth)} {(isOther ? "" : Encoding.UTF8.GetString(reader.ValueSpan))}\n");
            }
            return all.ToString();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
