using System.Buffers;
using System.Text;
using Parley.Core.Redaction;
using Xunit;

namespace Parley.Core.Tests.Redaction;

public sealed class RedactionFileTests
{
    [Fact]
    public void Own_rules_values_and_exceptions_are_added()
    {
        string token = "ghp_" + Vectors.Random(36, seed: 1);
        RedactionFile file = Parse($$"""
            { // a comment
              "rules": [{ "name": "acme-id", "pattern": "ACME-[0-9]{4}" }],
              "values": ["Project Nightingale"],
              "allow": ["{{token}}"],
            }
            """);

        string text = new Redactor(file.AddTo(new RedactionOptions())).RedactText($"é ACME-1234, ACME-12, Project Nightingale, {token}");

        Assert.Equal($"é [REDACTED:acme-id], ACME-12, [REDACTED:own-value], {token}", text);
    }

    [Theory]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{", "is not JSON")]
    [InlineData("""{"values":["one"]} {"values":["two"]}""", "is not JSON")]
    [InlineData("""{"values":["one"],"values":["two"]}""", "is not JSON")]
    [InlineData("""{"values":["\ud800 one"]}""", "half a character")]
    [InlineData("""{"rule":[]}""", "'rule' is not known")]
    [InlineData("""{"rules":{}}""", "rules must be an array")]
    [InlineData("""{"rules":[{"name":"a"}]}""", "the strings name and pattern")]
    [InlineData("""{"rules":[{"name":"A b","pattern":"x"}]}""", "lower-case letters")]
    [InlineData("""{"rules":[{"name":"a","pattern":"("}]}""", "is not a regular expression")]
    [InlineData("""{"rules":[{"name":"a","pattern":"(?=x)y"}]}""", "lookaround")]
    [InlineData("""{"rules":[{"name":"a","pattern":""}]}""", "is empty")]
    [InlineData("""{"values":["ab"]}""", "at least 3 characters")]
    [InlineData("""{"allow":[1]}""", "each of allow is a string")]
    public void What_is_wrong_is_said(string content, string expected)
    {
        var error = Assert.Throws<RedactionFileException>(() => Parse(content));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("redaction.json", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_somebody_else_wrote_can_only_have_more_taken_out()
    {
        string token = "ghp_" + Vectors.Random(36, seed: 1);
        RedactionFile file = Parse($$"""{ "values": ["Project Nightingale"], "allow": ["{{token}}"] }""").WithoutAllow();

        string text = new Redactor(file.AddTo(new RedactionOptions())).RedactText($"Project Nightingale, {token}");

        Assert.Equal("[REDACTED:own-value], [REDACTED:github-token]", text);
    }

    [Fact]
    public void An_own_rule_takes_out_the_right_bytes_behind_what_is_not_utf8()
    {
        var redactor = new Redactor(Parse("""{"rules":[{"name":"acme-id","pattern":"ACME-[0-9]{4}"}]}""").AddTo(new RedactionOptions()));
        byte[] text = [0xE9, 0xFF, 0xE2, 0x82, .. "ACME-1234 "u8, 0xF0, .. "ACME-5678 end"u8];
        var output = new ArrayBufferWriter<byte>();

        redactor.RedactText(text, output);

        Assert.Equal([0xE9, 0xFF, 0xE2, 0x82, .. "[REDACTED:acme-id] "u8, 0xF0, .. "[REDACTED:acme-id:2] end"u8], output.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_pattern_that_cuts_an_emoji_in_two_takes_it_out_whole()
    {
        var redactor = new Redactor(Parse("""{"rules":[{"name":"acme-id","pattern":"ACME-."}]}""").AddTo(new RedactionOptions()));

        Assert.Equal("[REDACTED:acme-id], [REDACTED:acme-id:2]!", redactor.RedactText("ACME-😀, ACME-1!"));
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "{}" + new string(' ', RedactionFile.MaxBytes - 2));
            Assert.Empty(RedactionFile.Read(path).Rules);
            File.AppendAllText(path, " ");
            Assert.Contains("larger than", Assert.Throws<RedactionFileException>(() => RedactionFile.Read(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void More_values_than_allowed_are_refused() =>
        Assert.Throws<RedactionFileException>(() => Parse($$"""{"values":[{{string.Join(',', Enumerable.Repeat("\"value\"", RedactionFile.MaxValues + 1))}}]}"""));

    private static RedactionFile Parse(string content) => RedactionFile.Parse(Encoding.UTF8.GetBytes(content), "redaction.json");
}
