using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Finds secrets in a text: needles first, then for each hit the recogniser that knows what should stand around it.</summary>
internal sealed class SecretFinder
{
    private readonly Pile<Hit> _hits = new();

    /// <summary>Looks for what calls for a closer look, and says whether there is any. Escaped text may be scanned as it is.</summary>
    public bool Scan(ReadOnlySpan<byte> text)
    {
        _hits.Clear();
        SecretNeedles.Teddy.Find(text, _hits);
        return _hits.Count > 0;
    }

    /// <summary>Adds the places in a JSON value that was scanned.</summary>
    public void AddPlaces(ReadOnlySpan<byte> json, HitPlaces places)
    {
        foreach (Hit hit in _hits)
        {
            if (SecretNeedles.All[hit.Needle].Tag != (int)Clue.Name || !JsonNames.IsNumbers(json, hit.Start))
                places.Add(hit.Start);
        }
    }

    /// <summary>Adds what was found in the text that was scanned last, in no order; matches may overlap.</summary>
    public void Find(ReadOnlySpan<byte> text, LogicalText view, Pile<Match> found)
    {
        if (_hits.Count == 0)
            return;
        var scene = new Scene(text, view, found);
        var assignments = new Assignments();
        var tokens = new Tokens();
        var commands = new Commands();
        var headers = new Headers();
        var webTokens = new WebTokens();
        var privateKeys = new PrivateKeys();
        var objects = new SecretObjects();
        foreach (Hit hit in _hits)
        {
            int tag = SecretNeedles.All[hit.Needle].Tag;
            switch ((Clue)tag)
            {
                case Clue.Name: assignments.Recognise(scene, hit.Start); break;
                case Clue.Url: Urls.Recognise(scene, hit.Start); break;
                case Clue.Pem: privateKeys.RecognisePem(scene, hit.Start); break;
                case Clue.EncodedPem: privateKeys.RecogniseEncodedPem(scene, hit.Start); break;
                case Clue.Putty: PrivateKeys.RecognisePutty(scene, hit.Start); break;
                case Clue.Jwt: webTokens.Recognise(scene, hit.Start); break;
                case Clue.Scheme: Headers.RecogniseScheme(scene, hit.Start); break;
                case Clue.Parameter: Parameters.Recognise(scene, hit.Start); break;
                case Clue.SeedPhrase: SeedPhrases.Recognise(scene, hit.Start); break;
                case Clue.Piped: PipedPasswords.Recognise(scene, hit.Start); break;
                case Clue.PgPass: Logins.RecognisePgPass(scene, hit.Start); break;
                case Clue.CookieFile: Logins.RecogniseCookie(scene, hit.Start); break;
                case Clue.SourceName: Logins.RecogniseSourceName(scene, hit.Start); break;
                case Clue.LoginCall: Logins.RecogniseCall(scene, hit.Start); break;
                case Clue.WebKey: objects.RecogniseWebKey(scene, hit.Start); break;
                case Clue.KeyOfNumbers: SecretObjects.RecogniseNumbers(scene, hit.Start); break;
                case Clue.KubernetesSecret: objects.RecogniseKubernetes(scene, hit.Start); break;
                case Clue.ForeignName: ForeignNames.Recognise(scene, hit.Start, SecretNeedles.All[hit.Needle].Text.Length); break;
                case Clue.IdentifiedBy: Assignments.RecogniseIdentifiedBy(scene, hit.Start); break;
                case Clue.Cookie: headers.RecogniseCookies(scene, hit.Start); break;
                case < Clue.FirstToken: commands.Recognise(scene, hit.Start, Commands.All[tag - (int)Clue.FirstCommand]); break;
                default: tokens.Recognise(scene, hit.Start, tag); break;
            }
        }
    }
}

/// <summary>What a needle suggests stands here.</summary>
internal enum Clue
{
    /// <summary>A name such as <c>password</c>, to which something may be assigned.</summary>
    Name,

    /// <summary>A URL, which may hold a password.</summary>
    Url,
    Pem,

    /// <summary>PEM in base64.</summary>
    EncodedPem,
    Putty,
    Jwt,

    /// <summary>An authentication scheme: <c>Bearer</c>, <c>Basic</c>.</summary>
    Scheme,
    Cookie,

    /// <summary>A command that reads a password from its input.</summary>
    Piped,
    PgPass,

    /// <summary>A line of a cookie file.</summary>
    CookieFile,

    /// <summary>A data source name: <c>user:X@tcp(host)/db</c>.</summary>
    SourceName,
    LoginCall,
    WebKey,

    /// <summary>A private key as an array of numbers.</summary>
    KeyOfNumbers,
    KubernetesSecret,

    /// <summary>The word for a password in another language.</summary>
    ForeignName,

    /// <summary>A signature or session id in an address.</summary>
    Parameter,
    SeedPhrase,

    /// <summary>SQL's <c>IDENTIFIED BY 'password'</c>.</summary>
    IdentifiedBy,

    /// <summary>From here on: the index of a command.</summary>
    FirstCommand = 100,

    /// <summary>From here on: the index of a token's pattern.</summary>
    FirstToken = 1000,
}
