
namespace Parley.Core.Redaction.Secrets;

/// <summary>
/// Grades a name by its words: the last one says what the value is, the ones before say of what kind, and words such as
/// <c>prod</c> or <c>value</c> at the end say nothing.
/// </summary>
internal static class NameGrader
{
    /// <summary>Names of more bytes are not graded.</summary>
    public const int MaxLength = 100;

    private static readonly HashSet<string> IdleTails = Set("prod production dev development staging stage test testing value val base live main default new old current "
        + "data env string str plain text raw b64 base64 local ro rw primary secondary v1 v2 v3 1 2 3 0 encoded prd stg qa uat sandbox eu us ci");

    private static readonly HashSet<string> Passwords = Set("password passwd pwd pass passphrase passcode passwort pw passw userpass userpassword dbpass dbpassword dbpwd "
        + "pgpassword pgpass smtppass smtppassword rootpassword adminpassword mypassword sshpass ftppass redispassword mysqlpassword authpass "
        + "psk wpapsk keypass storepass keypassword storepassword");

    private static readonly HashSet<string> Secrets = Set("secret token apikey credential credentials creds cred jwt authtoken accesstoken secretkey accesskey privatekey clientsecret "
        + "appsecret apisecret apitoken authkey licensekey licencekey bearer authorization sessionid sessiontoken refreshtoken idtoken");

    private static readonly HashSet<string> KeyHeads = Set("api access secret private encryption signing master account license licence service shared client subscription "
        + "functions role app auth encrypt decryption signature sas storage deploy integration webhook admin root session user write read insert ingest server "
        + "application rest consumer customer security sdk personal partner project org organization team bot developer dev data host");

    private static readonly HashSet<string> KeyDeniers = Set("public pub primary foreign cache sort partition row map dict object unique composite group index query react item node lookup "
        + "search hot short shift arrow enter escape tab registry config schema column table field state event idempotency translation i18n resource message "
        + "route path context publishable keyboard monkey turkey hockey donkey jockey local parent child entity property attribute header param "
        + "parameter json yaml xml metric label tag topic section option setting feature flag storage hash range cursor sha fingerprint "
        + "display order bucket s3 blob file lock redis memo dedup dedupe correlation request trace on any each some first last next prev min max left right");

    private static readonly HashSet<string> TokenDeniers = Set("cancellation next page pagination continuation max min total input output prompt completion progress stop eos bos pad unk syntax json "
        + "parse lexer first last prev previous design change concurrency public num n count cancel stopping start end current usage cached budget sep special "
        + "resume sync cursor position");

    /// <summary>Grades a name such as <c>STRIPE_API_KEY</c> or <c>config.clientSecret</c>.</summary>
    public static Grade Of(ReadOnlySpan<byte> name)
    {
        if (name.Length is < 2 or > MaxLength)
            return Grade.None;
        var words = new NameWords(name, stackalloc char[name.Length], stackalloc int[name.Length + 1]);
        while (words.Count > 1 && Contains(IdleTails, words.Last))
            words = words.WithoutLast;
        return words.Count == 0 || words.Contains("public") || words.Contains("publishable") ? Grade.None : Of(words);
    }

    private static Grade Of(NameWords words)
    {
        ReadOnlySpan<char> last = words.Last, head = words.WithoutLast.Last;
        if (Contains(Passwords, last) || last.EndsWith("password") || last.EndsWith("passwd") || last.EndsWith("passphrase"))
            return Grade.Password;
        if (last.EndsWith("token"))
            return last.Length == 5 && Contains(TokenDeniers, head) ? Grade.None : Grade.Strong;
        if (Contains(Secrets, last) || last.EndsWith("secret") || last.EndsWith("apikey") || last.EndsWith("secretkey") || last.EndsWith("accesskey"))
            return Grade.Strong;
        if (last is "pat" && words.Count > 1)
            return Grade.Strong;
        if (last is "auth" && head is "redis" or "rediscli" or "smtp" or "proxy" or "requirepass" or "masterauth")
            return Grade.Password;
        if (last is "login" && head is "sonar")
            return Grade.Strong;
        if (last is "auth" or "azure" && words.Count <= 3)
            return Grade.Weak;
        if (!last.EndsWith("key"))
            return Grade.None;
        if (last.Length > 3)
            return last.Length <= 12 && !Contains(KeyDeniers, last) && !Contains(KeyDeniers, last[..^3]) ? Grade.Weak : Grade.None;
        return Contains(KeyHeads, head) ? Grade.Strong : Contains(KeyDeniers, head) ? Grade.None : Grade.Weak;
    }

    private static bool Contains(HashSet<string> set, ReadOnlySpan<char> word) => set.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    private static HashSet<string> Set(string words) => [.. words.Split(' ')];
}
