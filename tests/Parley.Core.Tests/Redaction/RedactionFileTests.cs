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
    }

    [Fact]
    public void More_values_than_allowed_are_refused() =>
        Assert.Throws<RedactionFileException>(() => Parse($$"""{"values":[{{string.Join(',', Enumerable.Repeat("\"value\"", RedactionFile.MaxValues + 1))}}]}"""));

    private static RedactionFile Parse(string content) => RedactionFile.Parse(Encoding.UTF8.GetBytes(content), "redaction.json");
}
