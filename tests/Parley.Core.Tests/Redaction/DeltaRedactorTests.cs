using System.Text;
using Parley.Core.Redaction;
using Xunit;

namespace Parley.Core.Tests.Redaction;

public sealed class DeltaRedactorTests
{
    private static readonly string Token = "ghp_" + Vectors.Random(36, seed: 1);
    private static readonly string Password = Vectors.Random(14, seed: 3);

    [Fact]
    public void A_secret_that_is_split_over_pieces_never_shows()
    {
        string text = Prose(40) + $"the token {Token} and\nDB_PASSWORD={Password}\n" + Prose(60) + Token + Prose(20);
        for (int seed = 0; seed < 50; seed++)
        {
            string shown = string.Concat(Shown(text, seed));

            Assert.DoesNotContain(Token[..12], shown, StringComparison.Ordinal);
            Assert.DoesNotContain(Password, shown, StringComparison.Ordinal);
            Assert.Contains("the token [REDACTED:github-token] and\nDB_PASSWORD=[REDACTED:password]\n", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Text_without_secrets_comes_out_as_it_went_in()
    {
        string text = Prose(30) + "日本語の文章には空白がない。" + string.Concat(Enumerable.Repeat("😀", 400)) + Prose(30);
        for (int seed = 0; seed < 50; seed++)
            Assert.Equal(text, string.Concat(Shown(text, seed)));
    }

    [Fact]
    public void A_private_key_never_shows_however_long_it_grows()
    {
        string body = string.Join('\n', Enumerable.Range(0, 60).Select(i => Vectors.Random(64, i)));
        string text = $"{Prose(20)}\n-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n{Prose(200)}";

        string shown = string.Concat(Shown(text, seed: 5));

        Assert.Contains("-----BEGIN RSA PRIVATE KEY-----\n[REDACTED:private-key]\n-----END RSA PRIVATE KEY-----\n", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(body[100..116], shown, StringComparison.Ordinal);
    }

    [Fact]
    public void The_delay_is_bounded()
    {
        var deltas = new DeltaRedactor(new Redactor(new RedactionOptions()));
        int given = 0, shown = 0;
        foreach (char c in Prose(1_000))
        {
            given++;
            shown += deltas.Append(c.ToString()).Length;
            Assert.InRange(given - shown, 0, DeltaRedactor.KeptBack + 100);
        }
    }

    [Fact]
    public void Plain_text_shows_word_by_word()
    {
        var deltas = new DeltaRedactor(new Redactor(new RedactionOptions()));
        const string answer = "Yes, that's the same bug: `getHashtagGrantsFor` at line 80 filters by address (see above). ";

        foreach (string word in answer.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            Assert.Equal(word + " ", deltas.Append(word + " "));
    }

    [Fact]
    public void No_piece_of_a_secret_shows_before_what_gives_it_away()
    {
        foreach (string context in Contexts.Bare)
            AssertStaysHidden(Contexts.Fill(context, Token), Token);
        foreach (string context in Contexts.Named)
            foreach (string secret in (string[])[Password, "K9#" + Vectors.Random(6, seed: 4) + "!z", Vectors.Random(32, seed: 5, "abcdef0123456789")])
                AssertStaysHidden(Contexts.Fill(context, secret, "DB_PASSWORD"), secret);
    }

    [Theory]
    [InlineData("The seed phrase is abandon ability about above absent absorb abstract absurd abuse access accident account. Keep it.", "abandon ability")]
    [InlineData("I ran echo tr0ub4dor | sudo -S true and then it worked.", "tr0ub4dor")]
    [InlineData("It is {\"value\": \"tr0ub4dor&3xyz\", \"name\": \"DB_PASSWORD\"} there.", "tr0ub4dor")]
    public void Nor_does_one_that_later_words_give_away(string text, string secret) => AssertStaysHidden(text, secret);

    [Fact]
    public void A_known_secret_of_several_words_never_shows_in_part()
    {
        var redactor = new Redactor(new RedactionOptions { ExtraValues = ["correct horse battery"] });
        Assert.DoesNotContain("correct", Typed("they use the correct horse battery there", redactor), StringComparison.Ordinal);
    }

    // What is redacted when it is known as a whole does not show when it comes character by character.
    private static void AssertStaysHidden(string secretText, string secret)
    {
        string text = $"Some words before.\n{secretText}\nand some more after it, which are only words.";
        if (new Redactor(new RedactionOptions()).RedactText(text).Contains(secret, StringComparison.Ordinal))
            return;
        string shown = Typed(text, new Redactor(new RedactionOptions()));
        Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[..^1], shown, StringComparison.Ordinal);
        Assert.Equal(text.Count(c => c == '\n'), shown.Count(c => c == '\n'));
    }

    [Fact]
    public void A_name_of_several_words_never_shows_in_part_and_keeps_little_back()
    {
        const string Text = "The tide is high and Jane Nightingale has written that it falls at noon and so on and on.";
        var deltas = new DeltaRedactor(new Redactor(new RedactionOptions { UserNames = ["Jane Nightingale"] }));
        var shown = new StringBuilder();
        foreach (char c in Text)
        {
            shown.Append(deltas.Append(c.ToString()));
            Assert.DoesNotContain("Jane", shown.ToString());
        }
        Assert.StartsWith("The tide is high and user has written that it falls at", shown.ToString());
        Assert.Equal("The tide is high and user has written that it falls at noon and so on and on.", shown.Append(deltas.Flush()).ToString());
    }

    private static string Typed(string text, Redactor redactor)
    {
        var deltas = new DeltaRedactor(redactor);
        return string.Concat(text.Select(c => deltas.Append(c.ToString()))) + deltas.Flush();
    }

    [Fact]
    public void A_run_without_end_comes_out_in_linear_time()
    {
        var deltas = new DeltaRedactor(new Redactor(new RedactionOptions()));
        var shown = new StringBuilder();
        for (int i = 0; i < 4_000; i++)
            shown.Append(deltas.Append(new string((char)('a' + i % 26), 50)));
        shown.Append(deltas.Flush());

        Assert.Equal(200_000, shown.Length);
    }

    private static string Prose(int words) => string.Concat(Enumerable.Range(0, words).Select(i => i % 9 == 8 ? "and so on.\n" : "words "));

    private static IEnumerable<string> Shown(string text, int seed)
    {
        var random = new Random(seed);
        var deltas = new DeltaRedactor(new Redactor(new RedactionOptions()));
        for (int at = 0; at < text.Length;)
        {
            int length = Math.Min(random.Next(1, 30), text.Length - at);
            yield return deltas.Append(text.Substring(at, length));
            at += length;
        }
        yield return deltas.Flush();
    }
}
