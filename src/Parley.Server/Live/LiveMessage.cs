using System.Globalization;
using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Server.Live;

/// <summary>What servers on one database tell each other about a session. It holds nothing that is stored, and no secrets.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Number">The flags of a <see cref="Live.Wake"/>, how many watch the session at the sender, or whether somebody types (1) or no longer does (0).</param>
/// <param name="Text">What is being written; of those who watch, the accounts among them.</param>
/// <param name="Account">Who types.</param>
public readonly record struct LiveMessage(MessageKind Kind, string SessionId, int Number, string Text = "", long Account = 0)
{
    /// <summary>The longest text of one message in UTF-16 code units, so that no form of it is longer than a notification may be.</summary>
    public const int MaxText = 1000;

    public static LiveMessage Wake(string id, Wake what) => new(MessageKind.Wake, id, (int)what);

    /// <param name="id">The session.</param>
    /// <param name="count">How many watch it at the sender.</param>
    /// <param name="accounts">The accounts among them; of more than fit, some are not told.</param>
    public static LiveMessage Viewers(string id, int count, IEnumerable<long>? accounts = null) =>
        new(MessageKind.Viewers, id, count, Joined(accounts ?? []));

    /// <param name="id">The session.</param>
    /// <param name="account">Who types.</param>
    /// <param name="draft">What they show of it, at most <see cref="MaxText"/> long; null when they no longer type.</param>
    public static LiveMessage Typing(string id, long account, string? draft) => new(MessageKind.Typing, id, draft is null ? 0 : 1, draft ?? "", account);

    public static LiveMessage Delta(string id, string text) => new(MessageKind.Delta, id, 0, text);

    /// <summary>The accounts that a message about those who watch names.</summary>
    public IEnumerable<long> Accounts => Text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(id => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long account) ? account : 0).Where(account => account > 0);

    /// <summary>Adds the message as one line.</summary>
    public void Write(StringBuilder line)
    {
        line.Append((char)Kind).Append(' ').Append(SessionId).Append(' ');
        string quoted = $"\"{JsonEncodedText.Encode(Text, JsonText.Encoder)}\"";
        line.Append(Kind switch
        {
            MessageKind.Delta => quoted,
            MessageKind.Viewers when Text != "" => string.Create(CultureInfo.InvariantCulture, $"{Number} {Text}"),
            MessageKind.Typing => string.Create(CultureInfo.InvariantCulture, $"{Account} {Number} {quoted}"),
            _ => Number.ToString(CultureInfo.InvariantCulture),
        });
        line.Append('\n');
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null for anything else, e.g. what a newer server says.</summary>
    public static LiveMessage? Read(string line)
    {
        if (line.Split(' ', 3) is not [{ Length: 1 } kind, var id, var rest])
            return null;
        switch ((MessageKind)kind[0])
        {
            case MessageKind.Delta:
                return Unquote(rest) is { } text ? Delta(id, text) : null;
            case MessageKind.Wake when Number32(rest) is { } flags:
                return new LiveMessage(MessageKind.Wake, id, flags);
            case MessageKind.Viewers when rest.Split(' ', 2) is [var first, .. var accounts] && Number32(first) is { } count:
                return new LiveMessage(MessageKind.Viewers, id, count, accounts is [var some] ? some : "");
            case MessageKind.Typing when rest.Split(' ', 3) is [var who, var types, var quoted]
                && long.TryParse(who, NumberStyles.None, CultureInfo.InvariantCulture, out long account) && Unquote(quoted) is { } draft:
                return Typing(id, account, types == "1" ? draft : null);
            default:
                return null;
        }
    }

    private static int? Number32(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static string Joined(IEnumerable<long> accounts)
    {
        var joined = new StringBuilder();
        foreach (long account in accounts)
        {
            string id = account.ToString(CultureInfo.InvariantCulture);
            if (joined.Length + id.Length + 1 > MaxText)
                break;
            joined.Append(joined.Length > 0 ? "," : "").Append(id);
        }
        return joined.ToString();
    }

    private static string? Unquote(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

public enum MessageKind
{
    /// <summary>Something about it has changed.</summary>
    Wake = 'w',

    /// <summary>So many watch it at the sender, these members among them.</summary>
    Viewers = 'v',

    /// <summary>A member types, or no longer does.</summary>
    Typing = 't',

    /// <summary>Text of the answer that is being written.</summary>
    Delta = 'd',
}
