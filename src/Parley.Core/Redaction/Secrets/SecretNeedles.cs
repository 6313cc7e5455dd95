using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>The needles of all recognisers, as <see cref="NeedleTable"/> was generated from them, and the scanner that finds them.</summary>
internal static class SecretNeedles
{
    public static readonly Needle[] All;

    public static readonly Teddy Teddy;

    static SecretNeedles()
    {
        ReadOnlySpan<byte> table = NeedleTable.Text;
        All = new Needle[table.Count((byte)'\n') + 1];
        var plan = new NeedlePlan[All.Length];
        for (int n = 0; n < All.Length; n++)
        {
            int end = table.IndexOf((byte)'\n');
            All[n] = Parse(end < 0 ? table : table[..end], out plan[n]);
            table = table[(end + 1)..];
        }
        Teddy = new Teddy(All, plan);
    }

    /// <summary>The pattern that a token's tag stands for.</summary>
    public static TokenPattern Token(int tag) => Patterns.All[tag - (int)Clue.FirstToken];

    /// <summary>The needles as the rules demand them: what the table is generated from.</summary>
    public static IEnumerable<Needle> FromRules() =>
    [
        .. Names.Select(name => Folded(name, Clue.Name)),
        Exact("://", (int)Clue.Url), Exact("-----BEGIN ", (int)Clue.Pem), Exact("LS0tLS1CRUdJTi", (int)Clue.EncodedPem), Exact("Private-Lines:", (int)Clue.Putty),
        Exact("eyJ", (int)Clue.Jwt), Exact("ZXlK", (int)Clue.Jwt),
        Folded("bearer ", Clue.Scheme), Folded("basic", Clue.Scheme), Folded("cookie", Clue.Cookie), Folded("identified by ", Clue.IdentifiedBy),
        .. Parameters.Names.Select(name => Folded(name, Clue.Parameter)),
        .. PipedPasswords.Readers.Select(text => Exact(text, (int)Clue.Piped)),
        .. Logins.PgPass.Select(text => Exact(text, (int)Clue.PgPass)),
        Exact("TRUE", (int)Clue.CookieFile), Exact("FALSE", (int)Clue.CookieFile), Folded("solana", Clue.KeyOfNumbers), Folded("keypair", Clue.KeyOfNumbers),
        .. Logins.SourceNames.Select(text => Exact(text, (int)Clue.SourceName)),
        .. Logins.Calls.Select(text => Exact(text, (int)Clue.LoginCall)),
        Exact("kty", (int)Clue.WebKey), Exact("kind: Secret", (int)Clue.KubernetesSecret),
        .. ForeignNames.Words.Select(word => Ascii.IsValid(word) ? Folded(word, Clue.ForeignName) : Exact(word, (int)Clue.ForeignName)),
        .. SeedPhrases.Names.Select(name => Folded(name, Clue.SeedPhrase)),
        .. Commands.All.Select((command, i) => Exact(command.Name, (int)Clue.FirstCommand + i)),
        .. Patterns.All.Select((pattern, i) => Anchor(pattern.Rule.Shapes[pattern.Shape], (int)Clue.FirstToken + i)),
    ];

    // Parts of names to which something may be assigned.
    private static readonly string[] Names = ["key", "token", "secret", "pass", "pwd", "cred", "auth", "_pat", "azure", "psk", "sonar.login"];

    // One needle a line: e or i (exact or ignoring case), offset, bucket, tag, text, and a bar, since a space may end it.
    private static Needle Parse(ReadOnlySpan<byte> line, out NeedlePlan plan)
    {
        bool ignoreCase = line[0] == 'i';
        line = line[2..];
        plan = new NeedlePlan(Number(ref line), Number(ref line));
        int tag = Number(ref line);
        return new Needle(line[..^1].ToArray(), ignoreCase, tag);
    }

    private static int Number(ref ReadOnlySpan<byte> line)
    {
        int number = 0, at = 0;
        for (; line[at] != ' '; at++)
            number = number * 10 + line[at] - '0';
        line = line[(at + 1)..];
        return number;
    }

    private static Needle Anchor(Shape shape, int tag) => new(Encoding.ASCII.GetBytes(shape.Anchor), shape.IgnoreCase, tag);

    private static Needle Folded(string text, Clue clue) => new(Encoding.ASCII.GetBytes(text), IgnoreCase: true, (int)clue);

    private static Needle Exact(string text, int tag) => new(Encoding.UTF8.GetBytes(text), IgnoreCase: false, tag);

    // Apart, so that it is made only when the first token is met.
    private static class Patterns
    {
        public static readonly List<TokenPattern> All = Flatten();

        private static List<TokenPattern> Flatten()
        {
            var all = new List<TokenPattern>();
            foreach (TokenRule rule in TokenRules.All)
            {
                for (int i = 0; i < rule.Patterns.Count; i++)
                    all.Add(new TokenPattern(rule, i));
            }
            return all;
        }
    }
}

/// <summary>One of the forms of a token.</summary>
/// <param name="Rule">The token.</param>
/// <param name="Shape">The form's index in it.</param>
internal sealed record TokenPattern(TokenRule Rule, int Shape);
