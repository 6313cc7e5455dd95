using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>The times in a transcript, as ticks.</summary>
internal static class Timestamp
{
    /// <summary>UTC ticks of a quoted JSON string; 0 for what isn't a time.</summary>
    public static long Ticks(ReadOnlySpan<byte> quoted)
    {
        if (TicksOfClientForm(quoted) is var ticks and not 0)
            return ticks;
        return quoted.Length > 2 ? JsonText.ParseTimestamp(JsonString.Decode(quoted))?.UtcTicks ?? 0 : 0;
    }

    // "2026-11-20T16:27:58.871Z" stands in every line: it is read without making a string of it.
    private static long TicksOfClientForm(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length != 26 || quoted[5] != '-' || quoted[8] != '-' || quoted[11] != 'T' || quoted[14] != ':' || quoted[17] != ':'
            || quoted[20] != '.' || quoted[24] != 'Z')
        {
            return 0;
        }
        int year = Digits(quoted, 1, 4), month = Digits(quoted, 6, 2), day = Digits(quoted, 9, 2);
        int hour = Digits(quoted, 12, 2), minute = Digits(quoted, 15, 2), second = Digits(quoted, 18, 2), milliseconds = Digits(quoted, 21, 3);
        bool isTime = year > 0 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60 && milliseconds >= 0;
        return isTime ? new DateTime(year, month, day, hour, minute, second, milliseconds).Ticks : 0;
    }

    // The number of these digits, or below 0 if they aren't.
    private static int Digits(ReadOnlySpan<byte> quoted, int start, int count)
    {
        int number = 0;
        foreach (byte digit in quoted.Slice(start, count))
            number = digit is >= (byte)'0' and <= (byte)'9' && number >= 0 ? number * 10 + digit - '0' : -1;
        return number;
    }
}
