using Parley.Core.Redaction;
using Xunit;

namespace Parley.Core.Tests.Redaction;

/// <summary>Names that say a value is secret, with values of many forms, in every notation.</summary>
public sealed class AssignmentTests
{
    private static readonly string[] PasswordNames = ["DB_PASSWORD", "smtp_pass", "mysql_root_password", "servicePassword", "admin_pwd", "PGPASSWORD", "keystorePassword"];

    private static readonly string[] SecretNames =
    [
        "API_KEY", "jwtSecret", "stripe_api_key", "accessToken", "clientSecret", "AUTH_TOKEN", "encryption_key", "SECRET_KEY_BASE", "webhook_secret", "MASTER_KEY", "session_secret",
        "refresh_token", "npmAuthToken", "signing_key", "apikey", "ACCESS_KEY", "GITHUB_PAT", "SERVICE_ROLE_KEY", "secretAccessKey", "storage_account_key", "credentials",
    ];

    public static TheoryData<string> Places => [.. Contexts.Named];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_value_under_a_telling_name_goes(string context)
    {
        var redactor = new Redactor(new RedactionOptions());
        var random = new Random(1);
        int missed = 0, all = 0;
        foreach ((string name, string value) in Pairs(random))
        {
            redactor.Forget();
            all++;
            missed += redactor.RedactText(Contexts.Fill(context, value, name)).Contains(value, StringComparison.Ordinal) ? 1 : 0;
        }
        Assert.True(missed * 50 <= all, $"{missed} of {all} values are left in '{context}'.");
    }

    [Theory]
    [InlineData("SMTP_PASSWORD=three-lanterns-and-a-foghorn", "three-lanterns")]
    [InlineData("\"password\": \"purple_otter_sails_home\"", "purple_otter")]
    public void A_passphrase_of_joined_words_goes(string text, string passphrase) =>
        Assert.DoesNotContain(passphrase, new Redactor(new RedactionOptions()).RedactText(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("export DB_PASSWORD='{V}'")]
    [InlineData("PGPASSWORD=\"{V}\" psql -h db")]
    [InlineData("sshpass -p \"{V}\" ssh host")]
    [InlineData("tool --password '{V}' --user jane")]
    public void A_quoted_password_with_spaces_goes_from_a_command_line(string context)
    {
        foreach (string value in (string[])["p@ss w0rd", "My Pass1", "B4rn owl, 9 Kites"])
            Assert.DoesNotContain(value, new Redactor(new RedactionOptions()).RedactText(Contexts.Fill(context, value)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PASSWORD_HINT='Use 8 letters'")]
    [InlineData("PASSWORD=\"Enter the password\"")]
    [InlineData("PASSWORD=\"$USER $PASS1\"")]
    [InlineData("PASSWORD=\"$(pass show Db 1)\"")]
    [InlineData("const password = 'At least 8 letters'")]
    [InlineData("sshpass -p \"Your Pass1\" ssh host")]
    public void Words_about_a_password_stay(string text) => Assert.Equal(text, new Redactor(new RedactionOptions()).RedactText(text));

    [Theory]
    [InlineData("PASSWORD=the-reset-form-label")]
    [InlineData("password = form.values.password")]
    [InlineData("password: errors.login.required")]
    [InlineData("primaryKey=JpmmQY4OgD7L8niLyGbITx2ZosvTO")]
    [InlineData("public_key = \"JpmmQY4OgD7L8niLyGbITx2ZosvTO\"")]
    [InlineData("\"PublicKeyToken\": \"b77a5c561934e089\"")]
    [InlineData("apiKeyHeaderName = \"X-Custom-Api-Key-Header-Name\"")]
    [InlineData("passwordResetUrl = \"/account/password/reset/confirm\"")]
    [InlineData("password_hash = bcrypt.hashpw(password, salt)")]
    [InlineData("password: { type: String, required: true, minlength: 8 }")]
    [InlineData("let api_key = std::env::var(\"API_KEY\")?;")]
    [InlineData("const token = await this.getToken();")]
    [InlineData("secret: process.env.SESSION_SECRET,")]
    [InlineData("token = <your-token>")]
    [InlineData("API_KEY=${API_KEY}")]
    [InlineData("API_KEY=xxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("AUTH_TOKEN: {{ .Values.password }}")]
    [InlineData("DB_PASSWORD=\nPORT=5432")]
    [InlineData("\"max_tokens\": 4096, \"input_tokens\": 90489")]
    [InlineData("<input type=\"password\" autocomplete=\"current-password\" />")]
    [InlineData("The password reset flow stores a hash of the token in the database.")]
    [InlineData("cancellationToken: CancellationToken.None")]
    [InlineData("\"integrity\": \"sha512-TFzYhBdAnmr8cgDwJgxFte7ECiYyErMDdQTEsENacYG9ZWxqTIc87J8AihcumLJZML51jXHVcwB6JXUnsCkXAw==\"")]
    [InlineData("<UserSecretsId>ed8597f5-1d0d-dc4f-d1ac-6f069a7a07d9</UserSecretsId>")]
    [InlineData("\"requestId\":\"req_011CGfpgrCzQDBILeq0i40zs\",\"uuid\":\"5576e85d-6827-2726-b12d-922e42b6c2cf\"")]
    [InlineData("redis://localhost:6379 https://user@example.com/path mysql://$USER:$PASS@db/app")]
    [InlineData("tokens = [24685, 28849, 8403, 44419, 7932]")]
    [InlineData("commit 9c06c4dbfd608736a82f3dad01d194e6f3391fa9")]
    [InlineData("#define OBJ_challengePassword OBJ_pkcs9,7L")]
    [InlineData("\"password\": {\"type\": \"string\", \"minLength\": 8, \"description\": \"The value is 8 letters\"}")]
    [InlineData("secret:\n  name: app-credentials-v2\n  optional: true\n")]
    [InlineData("password:\n  min_length: 12\n")]
    [InlineData("if (token === \"STRING_LITERAL\" || token == 'number_2')")]
    [InlineData("auto *FP = static_cast<FunctionPass *>(getAsPass1(P));")]
    [InlineData("Pass `--names-only2` to write entries")]
    [InlineData("def reset(password):\n    \"\"\"reset_1-of-2\n    \"\"\"")]
    [InlineData("password: !secret wifi_password")]
    [InlineData("<label>Password</label>\n<p>At least 8 characters</p>")]
    [InlineData("The token for the request is optional2 in this case")]
    [InlineData("const token = user.token ?? \"anonymous\";")]
    [InlineData("This gets the document identified by \\s-1URL\\s0 and the one identified by x86_64-linux7")]
    public void What_only_resembles_a_secret_stays(string text) => Assert.Equal(text, new Redactor(new RedactionOptions()).RedactText(text));

    [Theory]
    [InlineData("postgres://app:{V}@db.example.com:5432/shop")]
    [InlineData("redis://:{V}@localhost:6379")]
    [InlineData("mysql -u root -p{V} shop")]
    [InlineData("curl -u admin:{V} https://example.com")]
    [InlineData("curl --user \"svc:{V}\" -X DELETE https://example.com")]
    [InlineData("sshpass -p '{V}' ssh host")]
    [InlineData("sshpass -p'{V}' ssh host")]
    [InlineData("openssl rsa -in a -passin pass:{V}")]
    [InlineData("docker login -u me -p {V} registry.example.com")]
    [InlineData("sqlcmd -S db -U sa -P '{V}' -Q 'select 1'")]
    [InlineData("net user jane {V} /add")]
    [InlineData("htpasswd -b .htpasswd jane {V}")]
    [InlineData("machine git.example.com login jane password {V}")]
    [InlineData("GRANT ALL ON *.* TO 'app'@'%' IDENTIFIED BY '{V}';")]
    [InlineData("alter user jane identified by {V};")]
    [InlineData("GRANT CONNECT TO jane\n  IDENTIFIED BY {V}")]
    [InlineData("AWS Secret Access Key [None]: {V}")]
    [InlineData("Set-Cookie: session={V}{V}; Path=/; HttpOnly")]
    [InlineData("https://b.example.com/k?X-Amz-Expires=1&X-Amz-Signature={V}{V}")]
    [InlineData("otpauth://totp/Acme:jane?secret={V}&issuer=Acme")]
    public void Passwords_go_from_commands_addresses_and_headers(string context)
    {
        string value = Vectors.Random(18, seed: 4);

        Assert.DoesNotContain(value, new Redactor(new RedactionOptions()).RedactText(Contexts.Fill(context, value)), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, string Value)> Pairs(Random random)
    {
        foreach (string name in PasswordNames)
        {
            yield return (name, Vectors.Random(random.Next(10, 20), random.Next()));
            yield return (name, Vectors.Random(random.Next(6, 10), random.Next()) + "9!" + Vectors.Random(3, random.Next()));
        }
        foreach (string name in SecretNames)
        {
            yield return (name, Vectors.Random(random.Next(20, 41), random.Next()));
            yield return (name, Vectors.Random(32, random.Next(), Vectors.Hexadecimal));
            yield return (name, Vectors.Random(36, random.Next(), "abcdefghijklmnopqrstuvwxyz0123456789"));
            yield return (name, Vectors.Random(43, random.Next(), Vectors.Alphanumeric + "-_") + "a1");
        }
    }
}
