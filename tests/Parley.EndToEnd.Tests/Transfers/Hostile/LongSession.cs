using System.Security.Cryptography;
using Parley.EndToEnd.Tests.Command;

namespace Parley.EndToEnd.Tests.Transfers.Hostile;

/// <summary>A session that takes several frames, with words in it that are found wherever they are.</summary>
public sealed class LongSession
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <param name="pair">Whose it is: the sender's.</param>
    /// <param name="prompts">Its length, in 32 KB that hardly compress.</param>
    public LongSession(Pair pair, int prompts = 48)
    {
        Title = RandomNumberGenerator.GetString(Alphabet, 20);
        Prompts = [.. Enumerable.Range(0, prompts).Select(_ => RandomNumberGenerator.GetString(Alphabet, 32_000))];
        Written written = pair.New().Title(Title);
        foreach (string prompt in Prompts)
            written.Prompt(prompt).Answer("noted");
        Id = written.Save().Id;
    }

    public string Id { get; }

    public string Title { get; }

    public IReadOnlyList<string> Prompts { get; }

    /// <summary>What its prompts alone come to when they are compressed as far as random letters and digits can be: log2(62) bits each.</summary>
    public long LeastBytes => Prompts.Sum(prompt => prompt.Length) * 744L / 1000;

    /// <summary>What nobody between the two may read.</summary>
    public IEnumerable<string> Secrets => [Id, Title, "session.jsonl", "claude-code", "tidewatch", .. Prompts.Select(prompt => prompt[..20])];

    /// <summary>Whether a transcript holds all of it, in its order.</summary>
    public bool IsIn(string transcript)
    {
        int at = 0;
        foreach (string prompt in Prompts)
        {
            int found = transcript.IndexOf(prompt, at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + prompt.Length;
        }
        return transcript.EndsWith('\n');
    }
}
