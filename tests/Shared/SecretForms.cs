using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Parley.Tests;

/// <summary>
/// Fills <c>&lt;&lt;name&gt;&gt;</c> with a random value of the name's form, so that nothing in the repository looks like a secret. The
/// seed is fixed: every run has the same values.
/// </summary>
public sealed partial class SecretForms
{
    private const int Seed = 16;

    private readonly Dictionary<string, string> _values = [];
    private readonly Random _random = new(Seed);

    private SecretForms(Dictionary<string, string> forms)
    {
        foreach ((string name, string form) in forms)
            _values.Add(name, Fill(Part().Replace(form, Random)));
    }

    /// <summary>Reads a file of forms by name; a form may use the names before it.</summary>
    public static SecretForms Read(string path) =>
        new(JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path))!);

    public string Fill(string text) => Placeholder().Replace(text, Value);

    [GeneratedRegex(@"\{(?:(?<count>\d+):)?(?<kind>\w+)\}")]
    private static partial Regex Part();

    [GeneratedRegex(@"<<(?:(?<shape>base64|reversed|spaced):)?(?<name>\w+)(?::(?<from>\d+)-(?<to>\d+))?>>")]
    private static partial Regex Placeholder();

    private string Random(Match part) => part.Groups["kind"].Value switch
    {
        "dashes" => new string('-', 5),
        "jwt" => Jwt(),
        var alphabet => Characters(int.Parse(part.Groups["count"].ValueSpan), alphabet),
    };

    private string Characters(int count, string alphabet) => new(_random.GetItems<char>(
        alphabet switch
        {
            "digit" => "0123456789",
            "hex" => "0123456789abcdef",
            "upper" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            "alnum" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "word" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
            _ => throw new FormatException($"There is no alphabet '{alphabet}'."),
        },
        count));

    private string Jwt()
    {
        string header = Base64("""{"alg":"HS256","typ":"JWT"}"""), payload = Base64("""{"sub":"1234567890","name":"Jane Fake","iat":1516239022}""");
        return $"{header.TrimEnd('=')}.{payload.TrimEnd('=')}.{Characters(43, "word")}";
    }

    private string Value(Match placeholder)
    {
        string value = _values[placeholder.Groups["name"].Value];
        if (placeholder.Groups["from"].Success)
            value = value[int.Parse(placeholder.Groups["from"].ValueSpan)..int.Parse(placeholder.Groups["to"].ValueSpan)];
        return placeholder.Groups["shape"].Value switch
        {
            "base64" => Base64(value),
            "reversed" => new string([.. value.Reverse()]),
            "spaced" => string.Join(' ', value.AsEnumerable()),
            _ => value,
        };
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
