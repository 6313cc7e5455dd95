using System.Buffers;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises the password in <c>scheme://user:password@host</c>.</summary>
internal static class Urls
{
    private const int MaxUserInfo = 512;
    private const int MinPassword = 4;
    // What a pattern or a description of an address has in it, and a user's name has not.
    private static readonly SearchValues<byte> Syntax = SearchValues.Create("|\\[]()^{}?"u8);
    private static readonly SearchValues<byte> Ends = SearchValues.Create(" \t\r\n\"'<>`/"u8);

    public static void Recognise(in Scene scene, int at)
    {
        int start = at + 3;
        ReadOnlySpan<byte> rest = scene.Text[start..Math.Min(scene.Text.Length, start + MaxUserInfo)];
        int end = rest.IndexOfAny(Ends);
        int host = rest[..(end < 0 ? rest.Length : end)].LastIndexOf((byte)'@');
        if (host <= 0)
            return;
        int colon = rest[..host].IndexOf((byte)':');
        ReadOnlySpan<byte> secret = rest[(colon + 1)..host];
        if (colon >= 0 ? !rest[..colon].ContainsAny(Syntax) && IsPassword(secret) : Plausibility.IsSecret(secret, Grade.Weak, Link.Assignment, quoted: true))
            scene.Add(start + colon + 1, start + host, "url-password", colon >= 0 && Plausibility.IsWord(secret) ? Certainty.Context : Certainty.Format);
    }

    private static bool IsPassword(ReadOnlySpan<byte> password) =>
        password.Length >= MinPassword && password[0] is not ((byte)'$' or (byte)'[' or (byte)'{') && !Plausibility.IsPlaceholder(password) && password.IndexOfAnyExcept("*xX"u8) >= 0
        && !password.SequenceEqual("password"u8) && !password.SequenceEqual("pass"u8) && !password.SequenceEqual("pwd"u8);
}
