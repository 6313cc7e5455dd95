using System.Text;
using System.Text.Json;
using Parley.Core.Redaction;
using Xunit;

namespace Parley.Core.Tests.Redaction;

/// <summary>Secrets that neither a name nor a form of their own gives away, but where they stand. <c>{V}</c> is the secret.</summary>
public sealed class PlaceTests
{
    private const string Base64 = Vectors.Alphanumeric + "+/";
    private const string Capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    [Theory]
    [InlineData("echo '{V}' | sudo -S apt-get update")]
    [InlineData("echo {V} | sudo -S -u app ls")]
    [InlineData(@"printf '%s\n' '{V}' | sudo -S ls")]
    [InlineData("sudo -S <<< \"{V}\" ls")]
    [InlineData("echo \"{V}\" | docker login -u jane --password-stdin registry.example.com")]
    [InlineData("echo \"jane:{V}\" | sudo chpasswd")]
    [InlineData("echo {V} | wrangler secret put SESSION")]
    [InlineData("db.example.com:5432:shop:jane:{V}\n")]
    [InlineData("*:*:*:jane:{V}\n")]
    [InlineData("jane:{V}@tcp(127.0.0.1:3306)/shop?parseTime=true")]
    [InlineData("jdbc:oracle:thin:jane/{V}@db:1521:XE")]
    [InlineData("sqlplus jane/{V}@//db:1521/XE")]
    [InlineData("server.login('jane@example.com', '{V}')")]
    [InlineData("requests.get(url, auth=(\"jane\", \"{V}\"))")]
    [InlineData("HTTPBasicAuth('jane', '{V}')")]
    [InlineData(".example.com\tTRUE\t/\tFALSE\t1799999999\tsid\t{V}{V}")]
    [InlineData("net use Z: \\\\files\\share {V} /user:jane")]
    [InlineData("htpasswd -bc /etc/nginx/users jane {V}")]
    [InlineData("ConvertTo-SecureString \"{V}\" -AsPlainText -Force")]
    [InlineData("nmcli device wifi connect lab password {V}")]
    [InlineData("lftp -u jane,{V} sftp://files.example.com")]
    [InlineData("ldapsearch -x -D cn=admin -w {V}")]
    [InlineData("setx DEPLOY_PASSWORD {V}")]
    [InlineData("set -Ux DEPLOY_PASSWORD {V}")]
    [InlineData("Driver={ODBC Driver 18};Server=db;UID=sa;PWD={{V}};Encrypt=yes")]
    [InlineData("variable \"db_password\" {\n  type    = string\n  default = \"{V}\"\n}")]
    [InlineData("CREATE LOGIN jane WITH PASSWORD = N'{V}'")]
    [InlineData("machine git.example.com\n  login jane\n  password {V}\n")]
    [InlineData("密码：{V}，请保密")]
    [InlineData("API密钥为{V}，不要泄露")]
    [InlineData("Das Passwort lautet {V}.")]
    [InlineData("contraseña: {V}\n")]
    [InlineData("mot de passe : {V}\n")]
    [InlineData("q=%253Fpassword%253D{V}%2526x")]
    [InlineData("kind: Secret\nmetadata:\n  name: db\ndata:\n  uri: {V}\n")]
    [InlineData("if (password === '{V}') return;")]
    [InlineData("if api_key != \"{V}\":")]
    [InlineData("The password is:\n{V}\n")]
    [InlineData("Here's the access token:\n```\n{V}\n```\n")]
    [InlineData("client_secret:\n  - {V}\n")]
    [InlineData("The password for staging is \"{V}\".")]
    [InlineData("use the following password to proceed:\n\n{V}\n")]
    [InlineData("API_TOKEN → {V}")]
    [InlineData("API token — {V}")]
    [InlineData("echo \"{V}\" | gh secret set DEPLOY")]
    [InlineData("vault operator unseal {V}{V}")]
    [InlineData("npm config set //npm.example.com/:_authToken {V}")]
    [InlineData("sonar.login={V}")]
    [InlineData("#define APP_PASSWORD (\"{V}\")")]
    [InlineData("{\"kty\": \"oct\", \"k\": \"{V}{V}\", \"alg\": \"HS256\"}")]
    public void A_secret_goes_from_a_place_that_is_for_one(string place)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            string value = Vectors.Random(17, seed) + "4a", text = place.Replace("{V}", value, StringComparison.Ordinal);

            Assert.DoesNotContain(value, Redacted(text), StringComparison.Ordinal);
            Assert.DoesNotContain(value, RedactedJson(text), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Access key ID,Secret access key\n{A},{S}\n")]
    [InlineData("the keys: {A} / {S}")]
    [InlineData("new Credentials(\"{A}\", \"{S}\")")]
    public void The_secret_half_of_an_aws_key_goes_with_its_id(string place)
    {
        string id = "AKIA" + Vectors.Random(16, 1, Capitals), secret = Vectors.Random(40, 2, Base64);

        string redacted = Redacted(place.Replace("{A}", id, StringComparison.Ordinal).Replace("{S}", secret, StringComparison.Ordinal));

        Assert.DoesNotContain(id, redacted, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, redacted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"{1}\" + \"{2}\"")]
    [InlineData("'{1}'\n    '{2}'")]
    [InlineData("'{1}' . '{2}'")]
    [InlineData("the token is {1}\n{2} and")]
    [InlineData("the token is {1}\\\n  {2} and")]
    public void A_token_that_is_cut_in_two_goes_whole(string place)
    {
        string token = "ghp" + "_" + Vectors.Random(36, 3);
        foreach (int cut in (int[])[4, 12, 25])
        {
            string redacted = Redacted(place.Replace("{1}", token[..cut], StringComparison.Ordinal).Replace("{2}", token[cut..], StringComparison.Ordinal));

            Assert.DoesNotContain(token[cut..], redacted, StringComparison.Ordinal);
            Assert.DoesNotContain(token[..cut], redacted, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_token_that_a_terminal_wrapped_goes_whole()
    {
        string line = "ANTHROPIC_API_KEY=sk-" + "ant-api03-" + Vectors.Random(95, 4);

        string redacted = Redacted($"{line[..80]}\n{line[80..]}\nNEXT=1\n");

        Assert.DoesNotContain(line[80..], redacted, StringComparison.Ordinal);
        Assert.EndsWith("\nNEXT=1\n", redacted, StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_key_in_base64_goes_on_one_line_and_wrapped()
    {
        string key = "-----BEGIN RSA " + "PRIVATE KEY-----\n" + string.Join('\n', Enumerable.Range(1, 12).Select(i => Vectors.Random(64, i, Base64))) + "\n-----END RSA PRIVATE KEY-----\n";
        string encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes(key)), wrapped = string.Join('\n', encoded.Chunk(76).Select(line => new string(line)));

        Assert.DoesNotContain(encoded[200..240], Redacted($"$ base64 -w0 key\n{encoded}\n$ "), StringComparison.Ordinal);
        Assert.DoesNotContain(wrapped[400..440], Redacted($"$ base64 key\n{wrapped}\n$ "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo 'enter your password' | sudo -S ls")]
    [InlineData("echo \"$PASSWORD\" | docker login --password-stdin")]
    [InlineData("0.0.0.0:5432:5432")]
    [InlineData("ports: [\"127.0.0.1:5432:5432\"]")]
    [InlineData("client.login(\"user@example.com\", \"password\")")]
    [InlineData("auth=(USER, PASSWORD)")]
    [InlineData("{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAt\",\"e\":\"AQAB\"}")]
    [InlineData("kind: Secret\nmetadata:\n  name: db\ntype: Opaque\n")]
    [InlineData("kind: ConfigMap\ndata:\n  mode: production\n")]
    [InlineData("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJJakFOQmdrcWhraUc5dzBCQVFFRkFBT0NBUThB")]
    [InlineData("the solana array [1, 2, 3]")]
    [InlineData("密码不能为空")]
    [InlineData("La contraseña es obligatoria")]
    [InlineData("Le mot de passe est trop court")]
    [InlineData("PASS: binutils-all/pr26548.s")]
    [InlineData("Pass HTTP_FLAG_IGNORE_IPv4 if it is set")]
    [InlineData("dirmngr/ldap-wrapper.c, dirmngr/ldap2.c")]
    [InlineData("readonly STENCIL_BACK_PASS_DEPTH_PASS: 0x8803;")]
    [InlineData("PWD=/home/user/app1")]
    [InlineData("login_name:passwd:UID:GID:user_name:directory:shell")]
    [InlineData("X-Amz-Credential=AKIAIOSFODNN7/20260101/us-east-1/s3/aws4_request")]
    [InlineData("key: _Ed25519PublicKey")]
    [InlineData("|authentication|none|password|keys2|secret|deprecated|")]
    [InlineData("'input[type=\"password\"]', 'input[type=\"tel\"]'")]
    [InlineData("REG_NAME_PAT = r\"(?:[^\\[\\]%:/?#]|%[a-fA-F0-9]{2})*\"")]
    [InlineData("password = utf8_to_utf16_dup(v);")]
    [InlineData("ftp://[[user][:password1]@]host[:port]/")]
    public void What_only_stands_like_a_secret_stays(string text) => Assert.Equal(text, Redacted(text));

    [Fact]
    public void A_word_that_is_the_password_of_an_address_is_not_looked_for_elsewhere() =>
        Assert.Equal("http://user:[REDACTED:url-password]@host, das Passwort", Redacted("http://user:Passwort@host, das Passwort"));

    [Fact]
    public void A_redactor_with_a_series_gives_no_number_that_another_gave()
    {
        string first = Redacted($"a=ghp{"_"}{Vectors.Random(36, 1)}");
        var second = new Redactor(new RedactionOptions { MarkerSeries = "s" });

        Assert.Equal($"{first} b=[REDACTED:github-token:s1]", second.RedactText($"{first} b=ghp{"_"}{Vectors.Random(36, 2)}"));
    }

    [Fact]
    public void A_rule_of_the_project_that_matches_everything_leaves_room_for_secrets()
    {
        var redactor = new Redactor(new RedactionOptions { OwnRules = [new OwnRule("greedy", "k[a-z0-9]{15}")] });
        for (int i = 0; i < 5_000; i++)
            redactor.LearnText(Encoding.ASCII.GetBytes("k" + Vectors.Random(15, i, "abcdefghijklmnopqrstuvwxyz0123456789")));
        string value = Vectors.Random(30, 1);

        redactor.LearnText(Encoding.ASCII.GetBytes($"API_KEY={value}"));

        Assert.Equal("alone [REDACTED:secret] here", redactor.RedactText($"alone {value} here"));
    }

    [Fact]
    public void The_user_that_git_knows_is_read_from_its_configuration() => Assert.Equal(["Jane Q. Doe", "jane@example.com"],
        Core.Redaction.Personal.GitUser.In(["[core]", "name = No One", "[user]", "\tname = Jane Q. Doe", "\temail = \"jane@example.com\"", "name = Jane", "[alias]", "email = x@y"]));

    private static string Redacted(string text) => new Redactor(new RedactionOptions()).RedactText(text);

    private static string RedactedJson(string text)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new Redactor(new RedactionOptions()).RedactJson(JsonSerializer.SerializeToUtf8Bytes(new { text }), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
