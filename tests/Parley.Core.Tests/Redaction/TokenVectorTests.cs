using System.Buffers;
using System.Text;
using Parley.Core.Redaction;
using Parley.Core.Redaction.Secrets;
using Xunit;

namespace Parley.Core.Tests.Redaction;

/// <summary>Every pattern of every rule, with tokens made from the pattern itself, in every place.</summary>
public sealed class TokenVectorTests
{
    public static TheoryData<string> Rules => [.. TokenRules.All.Select(rule => rule.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_token_of_the_rule_goes_wherever_it_stands(string name)
    {
        var redactor = new Redactor(new RedactionOptions());
        var random = new Random(1);
        foreach (Shape shape in TokenRules.All.Where(rule => rule.Name == name).SelectMany(rule => rule.Shapes))
        {
            // Letters of a colour whose ESC was lost belong to a token whose beginning is not fixed.
            foreach (string context in Contexts.Bare.Where(context => shape.BeginsWithAnchor || !context.StartsWith('[')))
            {
                string token = Vectors.Of(shape, random), text = Contexts.Fill(context, token);
                redactor.Forget();

                Assert.False(redactor.RedactText(text).Contains(token, StringComparison.Ordinal), $"'{token}' is left in '{text}'.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_token_of_the_rule_goes_from_json_at_any_depth(string name)
    {
        var redactor = new Redactor(new RedactionOptions());
        var random = new Random(2);
        foreach (Shape shape in TokenRules.All.Where(rule => rule.Name == name).SelectMany(rule => rule.Shapes))
        {
            for (int depth = 1; depth <= 3; depth++)
            {
                string token = Vectors.Of(shape, random);
                var output = new ArrayBufferWriter<byte>();
                redactor.RedactJson(Encoding.UTF8.GetBytes(Contexts.InJson($"one\n{token}\ntwo \"{token}\"", depth)), output);

                Assert.DoesNotContain(token, Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void The_names_of_rules_are_lower_case_words_with_hyphens() =>
        Assert.All(TokenRules.All, rule => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", rule.Name));
}
