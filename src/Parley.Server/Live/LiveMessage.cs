using System.Globalization;
using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Server.Live;

/// <summary>What servers on one database tell each other about a session. It holds nothing that is stored, and no secrets.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Number">The flags of a <see cref="Live.Wake"/>, or how many watch the session at the sender.</param>
/// <param name="Text">What is being written, for a delta.</param>
public readonly record struct LiveMessage(MessageKind Kind, string SessionId, int Number, string Text = "")
{
    /// <summary>The longest text of one message in UTF-16 code units, so that no form of it is longer than a notification may be.</summary>
    public const int MaxText = 1000;

    public static LiveMessage Wake(string id, Wake what) => new(MessageKind.Wake, id, (int)what);

    public static LiveMessage Viewers(string id, int count) => new(MessageKind.Viewers, id, count);

    public static LiveMessage Delta(string id, string text) => new(MessageKind.Delta, id, 0, text);

    /// <summary>Adds the message as one line.</summary>
    public void Write(StringBuilder line)
    {
        line.Append((char)Kind).Append(' ').Append(SessionId).Append(' ');
        if (Kind == MessageKind.Delta)
            line.Append('"').Append(JsonEncodedText.Encode(Text, JsonText.Encoder)).Append('"');
        else
            line.Append(CultureInfo.InvariantCulture, $"{Number}");
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
            case MessageKind.Wake or MessageKind.Viewers when int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int number):
                return new LiveMessage((MessageKind)kind[0], id, number);
            default:
                return null;
        }
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

    /// <summary>So many watch it at the sender.</summary>
    Viewers = 'v',

    /// <summary>Text of the answer that is being written.</summary>
    Delta = 'd',
}
