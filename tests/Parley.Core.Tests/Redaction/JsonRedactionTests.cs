using System.Buffers;
using System.Text;
using System.Text.Json;
using Parley.Core.Redaction;
using Xunit;

namespace Parley.Core.Tests.Redaction;

public sealed class JsonRedactionTests
{
    private static readonly string Token = "ghp_" + Vectors.Random(36, seed: 1);

    [Fact]
    public void A_string_is_redacted_and_everything_else_is_copied_as_it_is() =>
        Assert.Equal("""{ "a" : [1, "[REDACTED:github-token]" , null],"b":"é\/\u00e9" }""", Redacted($$"""{ "a" : [1, "{{Token}}" , null],"b":"é\/\u00e9" }"""));

    [Fact]
    public void What_stands_around_a_secret_keeps_its_escapes() =>
        Assert.Equal("""["\u00e9\n\ud83d\ude00\"[REDACTED:github-token]\/\t[REDACTED:github-token]\\"]""", Redacted($$"""["\u00e9\n\ud83d\ude00\"{{Token}}\/\t{{Token}}\\"]"""));

    [Fact]
    public void A_token_is_found_when_every_letter_of_it_is_escaped()
    {
        string escaped = string.Concat(Token.Select(c => $"\\u{(int)c:x4}"));

        Assert.Equal("""["[REDACTED:github-token]"]""", Redacted($$"""["{{escaped}}"]"""));
    }

    [Fact]
    public void A_token_is_found_in_json_in_json_in_json()
    {
        string json = Token;
        for (int depth = 0; depth < 4; depth++)
            json = JsonSerializer.Serialize(new { text = json + "\n\"" });

        string redacted = Redacted(json);

        Assert.DoesNotContain(Token, redacted, StringComparison.Ordinal);
        for (int depth = 0; depth < 4; depth++)
            redacted = JsonDocument.Parse(redacted).RootElement.GetProperty("text").GetString()![..^2];
        Assert.Equal("[REDACTED:github-token]", redacted);
    }

    [Fact]
    public void Lone_surrogates_do_no_harm() => Assert.Equal("""["\ud83d[REDACTED:github-token]"]""", Redacted($$"""["\ud83d{{Token}}"]"""));

    [Fact]
    public void A_lone_surrogate_without_a_secret_stays_as_it_is() => Assert.Equal("""["\ud83d"]""", Redacted("""["\ud83d"]"""));

    [Fact]
    public void The_name_of_a_member_is_redacted_only_when_it_holds_a_secret() =>
        Assert.Equal("""{"password":"","[REDACTED:github-token]":1}""", Redacted($$"""{"password":"","{{Token}}":1}"""));

    [Theory]
    [InlineData("""{"password":"hunter2!x"}""", """{"password":"[REDACTED:password]"}""")]
    [InlineData("""{"name":"DB_PASSWORD","value":"hunter2!x"}""", """{"name":"DB_PASSWORD","value":"[REDACTED:password]"}""")]
    [InlineData("""["--password","hunter2!x"]""", """["--password","[REDACTED:password]"]""")]
    public void The_name_a_string_belongs_to_counts(string json, string expected) => Assert.Equal(expected, Redacted(json));

    [Fact]
    public void Deep_nesting_is_no_obstacle()
    {
        string json = new string('[', 10_000) + $"\"{Token}\"" + new string(']', 10_000);

        Assert.DoesNotContain(Token, Redacted(json), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_json_is_redacted_as_text() => Assert.Equal("{not json: [REDACTED:github-token]", Redacted($"{{not json: {Token}"));

    [Fact]
    public void The_same_value_has_the_same_number_and_another_one_another()
    {
        string other = "ghp_" + Vectors.Random(36, seed: 2);

        Assert.Equal("""["[REDACTED:github-token]","[REDACTED:github-token:2]","[REDACTED:github-token]"]""", Redacted($$"""["{{Token}}","{{other}}","{{Token}}"]"""));
    }

    private static string Redacted(string json)
    {
        var output = new ArrayBufferWriter<byte>();
        new Redactor(new RedactionOptions()).RedactJson(Encoding.UTF8.GetBytes(json), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
