using System.Text.Json;

namespace Parley.Core.Tests.Redaction;

/// <summary>Where secrets stand in transcripts. <c>{N}</c> is a name and <c>{V}</c> the secret.</summary>
internal static class Contexts
{
    /// <summary>Places in which a token is known by its own form, without a name.</summary>
    public static readonly string[] Bare =
    [
        "{V}", "{V}\n", "My token is {V}. Can you set it up?", "I used `{V}` and it works", "the old one ({V}) is gone", "header was <{V}> in the dump", "\"{V}\"", "'{V}'",
        "new Client(\"{V}\", options)", "密钥是{V}，请不要", "$ cat token\n{V}\n$ ", "     7→{V}\n", "     1\t{V}\n", "+{V}\n", "./a.txt:12:{V}", "| key | {V} |", "x={V}", "x: {V}",
        "\\n{V}\\n", "\\\\n{V}\\\\n", "a\\\"{V}\\\"b", "\u001b[32m{V}\u001b[0m", "[32m{V}[0m", "https://x.example.com/?q=1&t={V}", "t%3D{V}", "&lt;t&gt;{V}&lt;/t&gt;", "Authorization: Bearer {V}",
        "'Authorization': 'Bearer {V}', 'Accept'", "curl -H \"X-Key: {V}\" https://x.example.com", "git clone https://x:{V}@example.com/a.git", "[{V}]", "{{V}}", "({V},)", "a;{V};b",
    ];

    /// <summary>Places in which a name says that a value is secret.</summary>
    public static readonly string[] Named =
    [
        "{N}={V}\nMODE=dev", "export {N}='{V}'", "{N}=\"{V}\"\n", "A_TOKEN=\n{N}={V}\n", "{\"host\":\"db\",\"{N}\":\"{V}\",\"ssl\":true}", "{\n  \"{N}\": \"{V}\"\n}",
        "{\"out\":\"{\\n \\\"{N}\\\": \\\"{V}\\\"\\n}\"}", "{\"m\":\"{\\\"o\\\":\\\"{\\\\\\\"{N}\\\\\\\":\\\\\\\"{V}\\\\\\\"}\\\"}\"}", "db:\n  {N}: {V}\n  pool: 5", "{N}: '{V}'",
        "- name: {N}\n  value: {V}\n", "{N}: |\n  {V}\nother: 1", "      - {N}={V}\n", "{N} = \"{V}\"", "[db]\n{N} = {V}\nport=1", "a.b.{N}={V}", "{'user': 'app', '{N}': '{V}'}",
        "connect(host='db', {N}='{V}')", "os.environ['{N}'] = '{V}'", "const {N} = \"{V}\";", "const {N}: string = \"{V}\";", "const {N} = `{V}`", "{N} := \"{V}\"", "var {N} string = \"{V}\"",
        "System.setProperty(\"{N}\", \"{V}\")", "options.{N} = @\"{V}\";", "config[\"{N}\"] = \"{V}\";", "let {N} = \"{V}\".to_string();", "  :{N} => \"{V}\",", "define('{N}', '{V}');",
        "${N} = '{V}';", "$env:{N} = \"{V}\"", "set {N}={V}", "set -gx {N} {V}", "docker run -e {N}={V} img", "ENV {N} {V}\n", "tool --{N} {V} run", "tool --{N}={V} run", "<{N}>{V}</{N}>",
        "<{N}>\n    {V}\n</{N}>", "<add key=\"{N}\" value=\"{V}\"/>", "<key>{N}</key>\n<string>{V}</string>", "variable \"{N}\" {\n  default = \"{V}\"\n}", "a=b&{N}={V}&c=d", "{N}: {V}\r\nAccept: */*",
        "| {N} | {V} |", "| `{N}` | `{V}` |", "- **{N}**: `{V}`", "     3→{N}={V}\n     4→X=1", "-{N}=changeme\n+{N}={V}", "./a.env:12:{N}={V}", "INFO using {N}={V} attempt=1", "{N}是{V}，请",
        "\u001b[1m{N}\u001b[0m=\u001b[32m{V}\u001b[0m\n", "gh secret set {N} --body \"{V}\"", "--from-literal={N}={V}", "body={N}%3D{V}%26b%3D1", "&lt;{N}&gt;{V}&lt;/{N}&gt;",
        "{\"name\":\"{N}\",\"value\":\"{V}\"}", "Server=db;User Id=sa;{N}={V};Encrypt=True", "{N}\t{V}\n", "│ {N} │ {V} │",
        "const {N} =\n  \"{V}\";", "{N} = (\n    '{V}'\n)", "const x = process.env.{N} ?? '{V}';", "const x = process.env.{N} || \"{V}\";", "{N}?: string = '{V}'", "Dim {N} As String = \"{V}\"",
        "public string {N} { get; set; } = \"{V}\";", "char {N}[] = \"{V}\";", "char {N}[64] = \"{V}\";", "<{N} type=\"string\">{V}</{N}>", "<ns:{N}>{V}</ns:{N}>", "<{N}><![CDATA[{V}]]></{N}>",
        "<td>{N}</td><td>{V}</td>", "<code>{N}</code>: <code>{V}</code>", "<b>{N}:</b> {V}", "**{N}:** {V}", "{N}:\n  value: {V}\n", "\"{N}\": {\"type\": \"string\", \"value\": \"{V}\"}", "{N} = [[{V}]]",
        "{{N}, \"{V}\"}", "{{N}, <<\"{V}\">>}", "const std::string {N}{\"{V}\"};", "{N}: []byte(\"{V}\"),", "{N} = Buffer.from('{V}', 'base64')", "{N}: str = Field(default=\"{V}\")", "{N}: &anchor {V}\n",
        "{N}: !!str {V}\n", "║ {N} ║ {V} ║",
    ];

    /// <summary>The place with a name and a secret in it; a place in JSON takes the secret escaped.</summary>
    public static string Fill(string context, string secret, string name = "") =>
        context.Replace("{N}", name, StringComparison.Ordinal).Replace("{V}", secret, StringComparison.Ordinal);

    /// <summary>The text as a JSON string in a JSON string in a JSON string.</summary>
    public static string InJson(string text, int depth)
    {
        for (int i = 0; i < depth; i++)
            text = JsonSerializer.Serialize(text);
        return text;
    }
}
