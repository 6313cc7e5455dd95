using System.Security.Cryptography;
using Parley.Core.Transfer;
using Xunit;

namespace Parley.Core.Tests.Transfer;

public sealed class PassphraseTests
{
    [Theory]
    [InlineData("walnut-orbit-velvet-spoon")]
    [InlineData("walnut orbit velvet spoon")]
    [InlineData("  Walnut  ORBIT -- velvet\u2013spoon\n")]
    [InlineData("walnut\u00a0orbit\u2014velvet\tspoon-")]
    public void Survives_being_read_out(string typed) => Assert.Equal("walnut-orbit-velvet-spoon", Passphrase.Parse(typed).ToString());

    [Theory]
    [InlineData("CorrectHorse9!")]
    [InlineData("Walnut-Zxqv")]
    public void Keeps_the_case_of_what_was_not_generated(string typed)
    {
        Assert.Equal(typed, Passphrase.Parse(typed).ToString());
        Assert.NotEqual(Passphrase.Parse(typed).Secret(), Passphrase.Parse(typed.ToLowerInvariant()).Secret());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n")]
    [InlineData("---")]
    public void Refuses_nothing(string typed) => Assert.Throws<FormatException>(() => Passphrase.Parse(typed));

    [Fact]
    public void Has_a_length_that_is_taken_and_one_that_is_not()
    {
        Assert.Equal(TransferLimits.PassphraseCharacters, Passphrase.Parse(new string('x', TransferLimits.PassphraseCharacters)).ToString().Length);
        Assert.Throws<FormatException>(() => Passphrase.Parse(new string('x', TransferLimits.PassphraseCharacters + 1)));
    }

    [Fact]
    public void Is_generated_of_four_words_of_2048()
    {
        using var random = RandomNumberGenerator.Create();
        HashSet<string> words = [.. Enumerable.Range(0, PassphraseWords.Count).Select(PassphraseWords.At)];
        Assert.Equal(2048, words.Count);
        Assert.All(words, word => Assert.Matches("^[a-z]{4,7}$", word));
        for (int i = 0; i < 100; i++)
        {
            Passphrase generated = Passphrase.Generate(random);
            Assert.Equal(Passphrase.Words, generated.ToString().Split('-').Count(words.Contains));
            Assert.Equal(generated.Secret(), Passphrase.Parse(generated.ToString().ToUpperInvariant().Replace('-', ' ')).Secret());
        }
    }
}
