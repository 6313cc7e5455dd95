using System.Security.Cryptography;

namespace Parley.Server.Sessions;

/// <summary>
/// Ids of sessions: 12 random characters of 62, minted here and nowhere else. With 71 bits an id of a deleted session does not come back: after
/// a billion sessions the chance that the next one hits any of them is 3 in 10¹³, so deleted ids need not be remembered.
/// </summary>
public static class SessionId
{
    public const int Length = 12;

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>A new id; every character is equally likely.</summary>
    public static string New() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>Whether this could be an id at all; nothing else is looked up.</summary>
    public static bool IsWellFormed(string id) => id.Length == Length && id.All(char.IsAsciiLetterOrDigit);
}
