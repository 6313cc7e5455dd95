using System.Globalization;
using System.Text;

namespace Parley.Core.Rendering.Code;

/// <summary>Takes apart what the Read tool returns: each line after its number and a tab (or an arrow), as <c>cat -n</c> writes it.</summary>
internal static class NumberedFile
{
    /// <summary>The file's text and the number of its first line; null when the lines are not numbered one after the other from the first on.</summary>
    internal static (string Code, int First)? Parse(string text)
    {
        var code = new StringBuilder(text.Length);
        int first = 0, expected = 0;
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
            int separator = line.IndexOfAny('\t', '→');
            if (separator <= 0 || !int.TryParse(line[..separator], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int number)
                || (expected > 0 && number != expected))
            {
                // What follows the file is the client's reminder or the mark of truncation.
                if (expected == 0)
                    return null;
                code.Append(rest);
                break;
            }
            first = expected == 0 ? number : first;
            expected = number + 1;
            code.Append(line[(separator + 1)..]).Append('\n');
            rest = end < 0 ? default : rest[(end + 1)..];
        }
        return first > 0 ? (code.ToString(), first) : null;
    }
}
