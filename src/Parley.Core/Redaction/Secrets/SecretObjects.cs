using System.Buffers;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises what is secret because of the object it is in: the private members of a JSON Web Key, all values of a Kubernetes Secret.</summary>
internal ref struct SecretObjects
{
    // Objects are read once, however often they say what they are.
    private int _keysReadUpTo;
    private int _documentsReadUpTo;

    private const int MaxObject = 8192;
    private const int MinKey = 20;

    private static readonly byte[][] PrivateMembers = [.. new[] { "\"d\"", "\"p\"", "\"q\"", "\"dp\"", "\"dq\"", "\"qi\"", "\"k\"" }.Select(System.Text.Encoding.ASCII.GetBytes)];
    private static readonly SearchValues<byte> NumberList = SearchValues.Create("0123456789, \n"u8);
    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="u8);

    /// <summary>For <c>"kty"</c> without its quotes, which may be escaped: the members of a key that only its owner has.</summary>
    public void RecogniseWebKey(in Scene scene, int at)
    {
        if (at < _keysReadUpTo || at == 0 || scene.Text[at - 1] != '"')
            return;
        int limit = Math.Max(0, at - MaxObject);
        int start = limit + Math.Max(0, scene.Text[limit..at].LastIndexOf((byte)'{'));
        ReadOnlySpan<byte> key = scene.Text[start..Math.Min(scene.Text.Length, at + MaxObject)];
        int end = key[(at - start)..].IndexOf((byte)'}');
        key = end < 0 ? key : key[..(at - start + end)];
        _keysReadUpTo = start + key.Length;
        foreach (byte[] member in PrivateMembers)
        {
            int value = key.IndexOf(member) + member.Length;
            if (value < member.Length)
                continue;
            value += Math.Max(0, key[value..].IndexOfAnyExcept(" :\""u8));
            int length = key[value..].IndexOfAnyExcept(Base64);
            if (length >= MinKey)
                scene.Add(start + value, start + value + length, "private-key", Certainty.Format);
        }
    }

    /// <summary>For <c>kind: Secret</c>: each value under <c>data:</c>, before or behind it in the same document.</summary>
    public void RecogniseKubernetes(in Scene scene, int at)
    {
        if (at < _documentsReadUpTo)
            return;
        int limit = Math.Max(0, at - MaxObject);
        int start = limit + scene.Text[limit..at].LastIndexOf("---\n"u8) + 1;
        ReadOnlySpan<byte> document = scene.Text[start..Math.Min(scene.Text.Length, at + MaxObject)];
        if (document[(at - start)..].IndexOf("\n---"u8) is >= 0 and var next)
            document = document[..(at - start + next)];
        _documentsReadUpTo = start + document.Length;
        int data = document.IndexOf("\ndata:\n"u8);
        if (data < 0)
            return;
        int line = data + "\ndata:\n".Length;
        while (line < document.Length && document[line] == ' ')
        {
            int length = document[line..].IndexOf((byte)'\n');
            int end = length < 0 ? document.Length : line + length;
            int colon = document[line..end].IndexOf(": "u8);
            if (colon > 0 && !document.Slice(line, colon).EndsWith(".crt"u8))
                AddData(scene, start + line + colon + 2, start + end);
            line = end + 1;
        }
    }

    /// <summary>For the word that announces it: a key of 64 numbers below 256, as Solana's tools write it.</summary>
    public static void RecogniseNumbers(in Scene scene, int at)
    {
        ReadOnlySpan<byte> text = scene.Text[at..Math.Min(scene.Text.Length, at + MaxNumbers)];
        int start = text.IndexOf((byte)'['), end = text.IndexOf((byte)']');
        if (start < 0 || end < start || text[start..end].Count((byte)',') != Numbers - 1 || text[(start + 1)..end].IndexOfAnyExcept(NumberList) >= 0)
            return;
        foreach (Range range in text[(start + 1)..end].Split((byte)','))
        {
            if (text[(start + 1)..end][range].Trim(" \n"u8) is not { Length: > 0 and <= 3 })
                return;
        }
        scene.Add(at + start, at + end + 1, "private-key", Certainty.Format);
    }

    private const int Numbers = 64;
    private const int MaxNumbers = 640;

    private static void AddData(in Scene scene, int start, int end)
    {
        ReadOnlySpan<byte> value = scene.Text[start..end];
        if (value.Length >= 4 && value.IndexOfAnyExcept(Base64) < 0)
            scene.Add(start, end, "secret", Certainty.Context);
    }
}
