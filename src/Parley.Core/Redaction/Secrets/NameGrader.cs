using System.Collections.Frozen;
using System.Text;

namespace Parley.Core.Redaction.Secrets;

/// <summary>
/// Grades a name by its words: the last one says what the value is, the ones before say of what kind, and words such as
/// <c>prod</c> or <c>value</c> at the end say nothing.
/// </summary>
internal static class NameGrader
{
    /// <summary>Names of more bytes are not graded.</summary>
    public const int MaxLength = 100;

    private static readonly FrozenSet<string> IdleTails = Set("prod production dev development staging stage test testing value val base live main default new old current "
        + "data env string str plain text raw b64 base64 local ro rw primary secondary v1 v2 v3 1 2 3 0 encoded prd stg qa uat sandbox eu us ci");

    private static readonly FrozenSet<string> Passwords = Set("password passwd pwd pass passphrase passcode passwort pw passw userpass userpassword dbpass dbpassword dbpwd "
        + "pgpassword pgpass smtppass smtppassword rootpassword adminpassword mypassword sshpass ftppass redispassword mysqlpassword authpass "
        + "keypass storepass keypassword storepassword");

    private static readonly FrozenSet<string> Secrets = Set("secret token apikey credential credentials creds cred jwt authtoken accesstoken secretkey accesskey privatekey clientsecret "
        + "appsecret apisecret apitoken authkey licensekey licencekey bearer authorization sessionid sessiontoken refreshtoken idtoken");

    private static readonly FrozenSet<string> KeyHeads = Set("api access secret private encryption signing master account license licence service shared client subscription "
        + "functions role app auth encrypt decryption signature sas storage deploy integration webhook admin root session user write read insert ingest server "
        + "application rest consumer customer security sdk personal partner project org organization team bot developer dev data host");

    private static readonly FrozenSet<string> KeyDeniers = Set("public pub primary foreign cache sort partition row map dict object unique composite group index query react item node lookup "
        + "search hot short shift arrow enter escape tab registry config schema column table field state event idempotency translation i18n resource message "
        + "route path context publishable keyboard monkey turkey hockey donkey jockey local parent child entity property attribute header param "
        + "parameter json yaml xml metric label tag topic section option setting feature flag storage hash range cursor sha fingerprint "
        + "display order bucket s3 blob file lock redis memo dedup dedupe correlation request trace on any each some first last next prev min max left right");

    private static readonly FrozenSet<string> TokenDeniers = Set("cancellation next page pagination continuation max min total input output prompt completion progress stop eos bos pad unk syntax json "
        + "parse lexer first last prev previous design change concurrency public num n count cancel stopping start end current usage cached budget sep special "
        + "resume sync cursor position");

    /// <summary>Grades a name such as <c>STRIPE_API_KEY</c> or <c>config.clientSecret</c>.</summary>
    public static Grade Of(ReadOnlySpan<byte> name)
    {
        if (name.Length is < 2 or > MaxLength)
            return Grade.None;
        List<string> words = Words(name);
        while (words.Count > 1 && IdleTails.Contains(words[^1]))
            words.RemoveAt(words.Count - 1);
        return words.Count == 0 ? Grade.None : Of(words);
    }

    private static Grade Of(List<string> words)
    {
        string last = words[^1];
        if (words.Contains("public") || words.Contains("publishable"))
            return Grade.None;
        if (Passwords.Contains(last) || EndsWith(last, "password", "passwd", "passphrase"))
            return Grade.Password;
        if (last == "token" || last.EndsWith("token", StringComparison.Ordinal))
            return words.Count > 1 && TokenDeniers.Contains(words[^2]) ? Grade.None : Grade.Strong;
        if (Secrets.Contains(last) || EndsWith(last, "secret", "apikey", "secretkey", "accesskey"))
            return Grade.Strong;
        if (last == "pat" && words.Count > 1)
            return Grade.Strong;
        if (last == "auth" && words.Count <= 3)
            return Grade.Weak;
        if (last == "key")
            return words.Count == 1 ? Grade.Weak : KeyHeads.Contains(words[^2]) ? Grade.Strong : KeyDeniers.Contains(words[^2]) ? Grade.None : Grade.Weak;
        return last.EndsWith("key", StringComparison.Ordinal) && last.Length <= 12 && !KeyDeniers.Contains(last) && !KeyDeniers.Contains(last[..^3])
            ? Grade.Weak : Grade.None;
    }

    // Split at everything that is no letter or digit, at aB and at ABc.
    private static List<string> Words(ReadOnlySpan<byte> name)
    {
        var words = new List<string>(6);
        var word = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            char c = (char)name[i];
            if (!char.IsAsciiLetterOrDigit(c))
            {
                Flush();
                continue;
            }
            bool starts = char.IsAsciiLetterUpper(c) && i > 0
                && (char.IsAsciiLetterLower((char)name[i - 1])
                    || char.IsAsciiLetterUpper((char)name[i - 1]) && i + 1 < name.Length && char.IsAsciiLetterLower((char)name[i + 1]) && name[i + 1] != 's');
            if (starts)
                Flush();
            word.Append(char.ToLowerInvariant(c));
        }
        Flush();
        return words;

        void Flush()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }

    private static bool EndsWith(string word, params ReadOnlySpan<string> ends)
    {
        foreach (string end in ends)
        {
            if (word.EndsWith(end, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet();
}
