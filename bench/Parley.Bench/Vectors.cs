namespace Parley.Bench;

/// <summary>A kind of secret with texts that hold one and texts that only look as if, all made up and the same at every run.</summary>
/// <param name="Name">What the kind is called in the table.</param>
/// <param name="Secrets">Texts, each with the secret in it.</param>
/// <param name="Alike">Texts without any.</param>
internal sealed record Family(string Name, IReadOnlyList<Vector> Secrets, IReadOnlyList<string> Alike);

/// <summary>A text with one secret.</summary>
/// <param name="Text">The text.</param>
/// <param name="Secret">The secret, or of a private key a line that must be gone.</param>
/// <param name="Start">Where the whole of what may go begins.</param>
/// <param name="End">Where it ends.</param>
internal sealed record Vector(string Text, string Secret, int Start, int End)
{
    /// <summary>How many characters of the text have to stay.</summary>
    public int Others => Text.Length - (End - Start);

    /// <summary>How many of them are gone from a text in which one place was replaced.</summary>
    public int Lost(string redacted)
    {
        int before = Text.AsSpan().CommonPrefixLength(redacted), after = 0;
        while (after < Math.Min(Text.Length, redacted.Length) - before && Text[^(after + 1)] == redacted[^(after + 1)])
            after++;
        return Math.Max(0, Start - before) + Math.Max(0, Text.Length - after - End);
    }
}

/// <summary>Makes the vectors that scanners are compared by: formats that their vendors publish, in the places where they stand in transcripts.</summary>
internal static class Vectors
{
    private const int Seed = 11;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", Capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", Hexadecimal = "0123456789abcdef", Base64 = Letters + "+/";

    // {V} is a token that is known by its own form.
    private static readonly string[] Places =
    [
        "{V}\n", "     3→TOKEN={V}\n", "+  token: {V}\n", "./.env:12:TOKEN={V}\n", "curl -H 'Authorization: Bearer {V}' https://api.example.com\n", "| token | `{V}` |\n", "密钥是{V}，请不要\n",
        "{\"out\":\"one\\n{V}\\ntwo\"}", "{\"m\":\"{\\\"out\\\":\\\"x\\\\n{V}\\\\n\\\"}\"}", "\u001b[32m{V}\u001b[0m\n", "2026-01-01T00:00:00Z DEBUG connected with {V}\n", "https://api.example.com/?t={V}&x=1\n",
    ];

    // {V} is a value that its name gives away.
    private static readonly string[] Assignments =
    [
        "DB_PASSWORD={V}\n", "export API_SECRET='{V}'\n", "{\"client_secret\": \"{V}\"}", "{\"out\":\"{\\n \\\"accessToken\\\": \\\"{V}\\\"\\n}\"}", "database:\n  password: {V}\n", "[auth]\nsecret = \"{V}\"\n",
        "os.environ['SESSION_SECRET'] = '{V}'\n", "$env:DB_PASSWORD = \"{V}\"\n", "set -gx API_TOKEN {V}\n", "<add key=\"AppSecret\" value=\"{V}\"/>\n", "<key>apiToken</key>\n<string>{V}</string>\n",
        "variable \"db_password\" {\n  type    = string\n  default = \"{V}\"\n}\n", "- name: JWT_SECRET\n  value: {V}\n", "| DB_PASSWORD | {V} |\n", "tool --api-key {V} run\n", "ENV API_KEY={V}\n",
    ];

    private static readonly string[] Addresses =
    [
        "postgres://app:{V}@db.example.com:5432/shop\n", "redis://:{V}@cache:6379/0\n", "https://jane:{V}@git.example.com/a.git\n", "Server=db;User Id=sa;Password={V};Encrypt=True\n", "jdbc:mysql://db/shop?user=jane&password={V}\n",
        "jdbc:oracle:thin:jane/{V}@db:1521:XE\n", "jane:{V}@tcp(127.0.0.1:3306)/shop\n", "cache:6380,password={V},ssl=True\n", "host=db user=jane password={V} dbname=shop\n", "amqp://svc:{V}@mq:5672/%2f\n",
    ];

    private static readonly string[] Commands =
    [
        "curl -u jane:{V} https://example.com\n", "mysql -u root -p{V} shop\n", "sshpass -p '{V}' ssh host\n", "echo '{V}' | sudo -S ls\n", "docker login -u jane -p {V} registry.example.com\n", "redis-cli -a {V} ping\n",
        "openssl rsa -in a.pem -passin pass:{V}\n", "net user jane {V} /add\n", "smbclient //nas/share -U jane%{V}\n", "db.example.com:5432:shop:jane:{V}\n", "machine git.example.com login jane password {V}\n", "htpasswd -b users jane {V}\n",
    ];

    public static IReadOnlyList<Family> Make()
    {
        var random = new Random(Seed);
        string Some(int length, string alphabet = Letters) => new(random.GetItems<char>(alphabet, length));
        Vector In(string place, string value) => new(place.Replace("{V}", value, StringComparison.Ordinal), value, place.IndexOf("{V}", StringComparison.Ordinal), place.IndexOf("{V}", StringComparison.Ordinal) + value.Length);
        IReadOnlyList<Vector> Tokens(params Func<string>[] kinds) => [.. Places.SelectMany(place => kinds.Select(kind => In(place, kind())))];
        string Part(string kind, int bytes) => string.Join('.', Enumerable.Range(0, 3).Select(i => i == 0 ? "eyJhbGciOiJIUzI1NiJ9" : i == 1 ? "eyJ" + Some(bytes) : Some(43))) + kind;
        string Body() => string.Join('\n', Enumerable.Range(0, 8).Select(_ => Some(64, Base64)));
        Vector Pem(string kind, Func<string, string> write)
        {
            string body = Body(), text = write($"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----");
            return new(text, body[65..129], text.IndexOf('-'), text.Length);
        }

        return
        [
            new("code hosting, packages", Tokens(() => "ghp" + "_" + Some(36), () => "glpat" + "-" + Some(20), () => "npm" + "_" + Some(36), () => "pypi" + "-AgEIcHlwaS5vcmc" + Some(80)),
                ["tokens begin with ghp_ or github_pat_", "glpat-xxxxxxxxxxxxxxxxxxxx", "ghp_your_token_here", "npm_config_registry_timeout=1", "commit " + Some(40, Hexadecimal), "pypi-publish-action@v1"]),
            new("clouds", Tokens(() => "AKIA" + Some(16, Capitals), () => "AIza" + Some(35), () => "dop" + "_v1_" + Some(64, Hexadecimal), () => Some(76, Base64) + "+ASt" + Some(6) + "=="),
                ["access key ids begin with AKIA or ASIA", "arn:aws:iam::123456789012:role/deploy", "AKIAXXXXXXXXXXXXXXXX", "i-0abcd1234ef567890", "subscriptions/" + Guid.Empty, "projects/acme-prod-17/zones/b"]),
            new("model providers", Tokens(() => "sk" + "-ant-api03-" + Some(95), () => "sk" + "-proj-" + Some(60), () => "hf" + "_" + Some(34), () => "gsk" + "_" + Some(52)),
                ["\"max_tokens\": 4096, \"input_tokens\": 90489", "req_011CGfpgrCzQDBILeq0i40zs", "toolu_01A09q90qw90lq917835lq9", "sk-...your key...", "hf_hub_download(repo_id)", "gsk_settings_get_boolean"]),
            new("messages, payments", Tokens(() => "xoxb" + "-" + Some(12, "0123456789") + "-" + Some(24), () => "sk" + "_live_" + Some(24), () => "SG" + "." + Some(22) + "." + Some(43)),
                ["xoxb-your-token", "sk_live_...", "cus_9s6XKzkNRiz8i3", "price_1MoBy5LkdIwHu7ix", "SG.module.exports", "hooks.slack.com/services/"]),
            new("private keys, web tokens",
                [
                    .. Tokens(() => Part("", 60)), Pem("RSA ", key => key), Pem("", key => key.Replace("\n", "\\n", StringComparison.Ordinal)), Pem("EC ", key => "    " + key.Replace("\n", "\n    ", StringComparison.Ordinal)),
                    Pem("OPENSSH ", key => string.Join('\n', key.Split('\n').Select((line, i) => $"{i + 1,6}→{line}"))), Pem("RSA ", key => string.Join('\n', key.Split('\n').Select(line => "+" + line))),
                ],
                [$"-----BEGIN PUBLIC KEY-----\n{Body()}\n-----END PUBLIC KEY-----", $"-----BEGIN CERTIFICATE-----\n{Body()}\n-----END CERTIFICATE-----", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5" + Some(48, Base64) + " jane", "eyJ is how they begin"]),
            new("names", [.. Assignments.SelectMany(place => new[] { In(place, Some(24)), In(place, Some(32, Hexadecimal)) })],
                [
                    "password: string;", "secret: process.env.SESSION_SECRET,", "DB_PASSWORD=${DB_PASSWORD}", "API_KEY=<your-key>", "const token = await this.getToken();", "PublicKeyToken=b77a5c561934e089", "cancellationToken: CancellationToken.None",
                    "\"integrity\": \"sha512-" + Some(86, Base64) + "==\"", "<UserSecretsId>ed8597f5-1d0d-dc4f-d1ac-6f069a7a07d9</UserSecretsId>", "primaryKey=" + Some(20), "password_hash = hash(password, salt)", "nextPageToken: next.token,",
                ]),
            new("addresses, connections", [.. Addresses.SelectMany(place => new[] { In(place, Some(18)), In(place, Some(9) + "7" + Some(4)) })],
                ["postgres://localhost:5432/shop", "https://user@example.com/a", "redis://$USER:$PASS@cache", "mysql://user:****@db/shop", "Server=db;Integrated Security=True", "jane@example.com", "http://[::1]:3000/"]),
            new("commands, password files", [.. Commands.SelectMany(place => new[] { In(place, Some(16) + "7"), In(place, Some(8) + "-" + Some(5) + "3") })],
                ["curl -u $USER:$PASS https://example.com", "mysql -u root -p shop", "echo done | sudo tee a", "docker login --password-stdin", "ports: 127.0.0.1:5432:5432", "net user jane /delete", "openssl rsa -in a.pem -passin env:PASS"]),
        ];
    }
}
