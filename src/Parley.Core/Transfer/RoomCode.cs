namespace Parley.Core.Transfer;

/// <summary>The code of a relay's room, as people read it out to each other. It names the room and is no secret: the passphrase is.</summary>
public static class RoomCode
{
    public const int Length = 6;

    /// <summary>Digits and capital letters without those that are taken for others: 0 O, 1 I L, U V.</summary>
    public const string Alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A code as somebody typed it, in capitals and without spaces and dashes; null when it can't be one.</summary>
    public static string? Parse(string? text)
    {
        string code = string.Concat((text ?? "").Where(c => c is not (' ' or '-')).Take(Length + 1)).ToUpperInvariant();
        return code.Length == Length && code.All(Alphabet.Contains) ? code : null;
    }
}
