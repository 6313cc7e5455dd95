using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Parley.Core.Redaction;
using Parley.Core.Redaction.Scanning;
using Parley.Core.Redaction.Secrets;
using Xunit;

namespace Parley.Core.Tests.Redaction;

/// <summary>What holds for any text: redacting twice changes nothing, JSON stays JSON, and no text is slow.</summary>
public sealed class RedactionPropertyTests
{
    private const int Runs = 400;

    [Fact]
    public void Redacting_twice_changes_nothing()
    {
        for (int seed = 0; seed < Runs; seed++)
        {
            string text = RandomText(new Random(seed)), once = new Redactor(new RedactionOptions()).RedactText(text);

            Assert.Equal(once, new Redactor(new RedactionOptions()).RedactText(once));
        }
    }

    [Fact]
    public void Json_stays_json_and_keeps_its_shape()
    {
        for (int seed = 0; seed < Runs; seed++)
        {
            var random = new Random(seed);
            string json = JsonSerializer.Serialize(new { a = RandomText(random), b = new object?[] { 1, null, RandomText(random) }, password = RandomText(random) });

            using JsonDocument redacted = JsonDocument.Parse(Redacted(new Redactor(new RedactionOptions()), json));

            Assert.Equal(["a", "b", "password"], redacted.RootElement.EnumerateObject().Select(member => member.Name));
            Assert.Equal([JsonValueKind.Number, JsonValueKind.Null, JsonValueKind.String], redacted.RootElement.GetProperty("b").EnumerateArray().Select(item => item.ValueKind));
        }
    }

    [Fact]
    public void A_value_that_was_learned_goes_from_every_encoding_of_it()
    {
        string value = Vectors.Random(24, seed: 9), json = $"{{\"text\":\"DB_PASSWORD={value}\"}}";
        var redactor = new Redactor(new RedactionOptions());
        redactor.LearnJson(Encoding.UTF8.GetBytes(json));

        string[] places = [value, $"x {value} y", $"a\\\"{value}\\\"", $"?p={value}", Base64("u:" + value), Base64("user:" + value), Base64("admin1:" + value + ":more")];

        foreach (string place in places)
            Assert.Contains("[REDACTED:", redactor.RedactText(place), StringComparison.Ordinal);
        Assert.All(redactor.TakeNewValues(), known => Assert.Equal(value, known.Value));
        Assert.Empty(redactor.TakeNewValues());
    }

    [Fact]
    public void A_value_that_comes_with_every_record_is_known_in_each()
    {
        string value = Vectors.Random(24, seed: 4);
        var redactor = new Redactor(new RedactionOptions());
        for (int record = 0; record < 50; record++)
        {
            Assert.Equal("PASSWORD=[REDACTED:password]\nsee [REDACTED:password]", redactor.RedactText($"PASSWORD={value}\nsee {value}"));
            redactor.Forget();
        }
    }

    [Fact]
    public void Values_that_are_much_alike_are_followed_only_up_to_a_number()
    {
        var windows = new FreshWindows();
        var alike = new Needle("abababab"u8.ToArray(), IgnoreCase: false, Tag: 0);

        // Its four bytes are abab or baba.
        Assert.Equal(2 * FreshWindows.MaxAlike, Enumerable.Range(0, 100).Count(_ => windows.TryPlan(alike, out NeedlePlan _)));
        Assert.True(windows.TryPlan(new Needle("something else"u8.ToArray(), IgnoreCase: false, Tag: 0), out NeedlePlan _));
    }

    [Theory]
    [InlineData("s3cr3t-fake")]
    [InlineData("b7Kq-2xZ")]
    [InlineData("vT9mQ2zLw8RkX4nB7cYh3GdP")]
    public void A_run_of_base64_that_holds_a_known_value_goes_whole(string value)
    {
        for (int shift = 0; shift < 6; shift++)
        {
            string encoded = Base64($"{new string('\n', shift)}USER=jane\nDB_PASSWORD={value}\nPORT=5432?>~");
            foreach (string run in (string[])[encoded, encoded.Replace('+', '-').Replace('/', '_')])
                Assert.Equal("DB_PASSWORD=[REDACTED:password]\ndata: [REDACTED:password:2].", new Redactor(new RedactionOptions()).RedactText($"DB_PASSWORD={value}\ndata: {run}."));
        }
    }

    [Theory]
    [InlineData("AeHwZJrCI8HiOtwIJvCqDIOi")]
    [InlineData("qRtKzWmXbLpVgN")]
    public void A_random_value_with_hardly_a_digit_goes_wherever_else_it_stands(string value) =>
        Assert.Equal("PASSWORD=[REDACTED:password]\nplain [REDACTED:password]", new Redactor(new RedactionOptions()).RedactText($"PASSWORD={value}\nplain {value}"));

    [Theory]
    [InlineData("Uint8Array")]
    [InlineData("accessTokenProvider")]
    [InlineData("getUserPassword2")]
    public void A_name_that_was_taken_for_a_password_stays_elsewhere(string name) =>
        Assert.EndsWith($"plain {name}", new Redactor(new RedactionOptions()).RedactText($"PASSWORD='{name}'\nplain {name}"), StringComparison.Ordinal);

    [Fact]
    public void A_word_that_was_a_password_is_not_removed_from_prose()
    {
        var redactor = new Redactor(new RedactionOptions());

        Assert.Equal("password='[REDACTED:password]' and Uint8Array, summer24", redactor.RedactText("password='summer24' and Uint8Array, summer24"));
    }

    [Fact]
    public void A_secret_that_straddles_the_cut_of_a_long_result_is_gone_before_the_cut()
    {
        string token = "ghp_" + Vectors.Random(36, seed: 1);
        for (int shift = 0; shift <= token.Length; shift++)
        {
            string text = new string('.', Truncation.KeptCharacters - shift) + token + new string('.', 20_000);

            Assert.DoesNotContain(token[..8], Truncation.Truncate(new Redactor(new RedactionOptions()).RedactText(text)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("sk-")]
    [InlineData("ghp_")]
    [InlineData("key=")]
    [InlineData("\\\\")]
    [InlineData("\\u0073k-")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIEpQIBAAKCAQEAn6/O8li+SX4m98LLYt\n")]
    [InlineData("eyJ")]
    [InlineData("eyJabcdefgh.")]
    [InlineData("://a:b@")]
    [InlineData("curl -u a:b ")]
    [InlineData("password is ")]
    [InlineData("seed phrase ")]
    [InlineData("[REDACTED:")]
    [InlineData("/home/a")]
    [InlineData("Set-Cookie: a=")]
    [InlineData(".atlasv1.")]
    [InlineData("xkey.")]
    [InlineData("\u001b[")]
    [InlineData("&amp;")]
    public void No_text_is_slow(string hostile)
    {
        string text = string.Concat(Enumerable.Repeat(hostile, 400_000 / hostile.Length));
        var watch = Stopwatch.StartNew();

        new Redactor(new RedactionOptions()).RedactText(text);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"400 KB of '{hostile}' took {watch.Elapsed}.");
    }

    // Words, notations and secrets in any order, with the characters that matter between them.
    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        for (int i = random.Next(1, 12); i > 0; i--)
        {
            text.Append(random.Next(5) switch
            {
                0 => Contexts.Fill(Pick(random, Contexts.Named), Vectors.Random(random.Next(4, 30), random.Next()), Pick(random, ["API_KEY", "password", "token", "x"])),
                1 => Contexts.Fill(Pick(random, Contexts.Bare), Vectors.Of(Pick(random, TokenRules.All).Shapes[0], random)),
                2 => Pick(random, ["/home/jane/x", @"C:\Users\jane", "[REDACTED:jwt:2]", "https://a:b1c2d3e4@host/x", "\ud83d", "日本", "\0", "\\", "\"", "%41", "&#39;", "\u001b[1m"]),
                3 => Pick(random, ["key=", "\n", ": ", " ", "=", "'", "Bearer ", "Basic ", "-----BEGIN RSA PRIVATE KEY-----", "eyJ"]),
                _ => "word ",
            });
        }
        return text.ToString();
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Redacted(Redactor redactor, string json)
    {
        var output = new ArrayBufferWriter<byte>();
        redactor.RedactJson(Encoding.UTF8.GetBytes(json), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
