namespace Parley.Core.Redaction.Personal;

/// <summary>Who git says its user is: full name and address stand in every log and commit that a transcript shows.</summary>
public static class GitUser
{
    /// <summary>The names and addresses of the user in a configuration file of git. A name of one word is left out: it may be any word.</summary>
    /// <param name="lines">The file's lines.</param>
    public static IEnumerable<string> In(IEnumerable<string> lines)
    {
        bool isUser = false;
        foreach (string line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
                isUser = line.StartsWith("[user]", StringComparison.OrdinalIgnoreCase);
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? "" : line[..equals].Trim(), value = line[(equals + 1)..].Trim().Trim('"');
            bool tells = key.Equals("email", StringComparison.OrdinalIgnoreCase) && value.Contains('@', StringComparison.Ordinal)
                || key.Equals("name", StringComparison.OrdinalIgnoreCase) && value.Contains(' ', StringComparison.Ordinal);
            if (isUser && tells)
                yield return value;
        }
    }
}
