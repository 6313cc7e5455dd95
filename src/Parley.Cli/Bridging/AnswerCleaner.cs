using System.Buffers;
using System.Text;
using Parley.Core.Redaction;

namespace Parley.Cli.Bridging;

/// <summary>Takes out of an answer what must not leave the machine: secrets and personal paths, and above all what the server itself was given to get in elsewhere.</summary>
internal sealed class AnswerCleaner(RedactionOptions options, ServerDefinition definition)
{
    // A shorter value is a switch, and stands in too many words to be replaced.
    private const int MinSecret = 8;

    private readonly string[] _given = [.. definition.Values.Values.SelectMany(Parts).Where(value => value.Length >= MinSecret).Distinct().OrderByDescending(value => value.Length)];

    public string Clean(string answer)
    {
        foreach (string given in _given)
            answer = answer.Replace(given, "[REDACTED]", StringComparison.Ordinal);
        byte[] utf8 = Encoding.UTF8.GetBytes(answer);
        var redactor = new Redactor(options);
        redactor.LearnText(utf8);
        var clean = new ArrayBufferWriter<byte>(utf8.Length + 1);
        redactor.RedactText(utf8, clean);
        return Encoding.UTF8.GetString(clean.WrittenSpan);
    }

    // "Bearer abc" is known by abc too.
    private static IEnumerable<string> Parts(string value) => [value, .. value.Split(' ')];
}
