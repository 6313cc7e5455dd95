using System.Text.Encodings.Web;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Server.Turns;

/// <summary>A prompt as it stands in the log, from the moment that it is taken.</summary>
internal static class PromptEntry
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Entry Of(TurnRecord turn, DateTimeOffset now)
    {
        List<object> blocks = [new { type = "text", text = turn.Text }];
        if (turn.Attachments.Count > 0)
            blocks.Add(new { type = "text", text = "Attached: " + string.Join(", ", turn.Attachments.Select(a => $"`{a.Place}`")) });
        return new Entry { Role = Role.User, Author = turn.Author.Name, Timestamp = now, Blocks = JsonSerializer.SerializeToUtf8Bytes(blocks, Readable) };
    }
}
