using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>The needles of all recognisers, and the scanner that finds them.</summary>
internal static class SecretNeedles
{
    /// <summary>The patterns of all token rules, one after the other; <see cref="Clue.FirstToken"/> plus the index is a needle's tag.</summary>
    public static readonly (TokenRule Rule, int Shape)[] Tokens =
        [.. TokenRules.All.SelectMany(rule => Enumerable.Range(0, rule.Patterns.Count).Select(i => (rule, i)))];

    public static readonly Needle[] All = [.. Clues(), .. Tokens.Select((t, i) => Anchor(t.Rule.Shapes[t.Shape], i))];

    public static readonly Teddy Teddy = new(All, NeedlePlan.Quick(All));

    private static IEnumerable<Needle> Clues() =>
    [
        Folded("key", Clue.Name), Folded("token", Clue.Name), Folded("secret", Clue.Name), Folded("passw", Clue.Name), Folded("pass", Clue.Name),
        Folded("pwd", Clue.Name), Folded("passphrase", Clue.Name), Folded("credential", Clue.Name), Folded("authorization", Clue.Name),
        Sensitive("://", (int)Clue.Url), Sensitive("-----BEGIN ", (int)Clue.Pem), Sensitive("Private-Lines:", (int)Clue.Putty),
        Sensitive("eyJ", (int)Clue.Jwt), Sensitive("ZXlK", (int)Clue.Jwt),
        Folded("bearer", Clue.Scheme), Folded("basic ", Clue.Scheme), Folded("cookie", Clue.Cookie),
        Folded("identified by ", Clue.IdentifiedBy),
        .. Parameters.Names.Select(name => Folded(name, Clue.Parameter)),
        .. SeedPhrases.Names.Select(name => Folded(name, Clue.SeedPhrase)),
        .. Commands.All.Select((command, i) => Sensitive(command.Name, (int)Clue.FirstCommand + i)),
    ];

    private static Needle Anchor(Shape shape, int token) => new(Encoding.ASCII.GetBytes(shape.Anchor), shape.IgnoreCase, (int)Clue.FirstToken + token);

    private static Needle Folded(string text, Clue clue) => new(Encoding.ASCII.GetBytes(text), IgnoreCase: true, (int)clue);

    private static Needle Sensitive(string text, int tag) => new(Encoding.ASCII.GetBytes(text), IgnoreCase: false, tag);
}
