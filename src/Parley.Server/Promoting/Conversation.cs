using System.Text.Json;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Sessions;

namespace Parley.Server.Promoting;

/// <summary>How much of a conversation there is.</summary>
/// <param name="Turns">Prompts of people.</param>
/// <param name="Messages">Entries.</param>
/// <param name="ToolCalls">Calls of tools, those of subagents included.</param>
/// <param name="Tokens">What its messages took, in and out.</param>
public sealed record Conversation(long Turns, long Messages, long ToolCalls, long Tokens)
{
    /// <summary>Counts what a session has, in a write that keeps others from adding to it. No entry is held.</summary>
    public static async ValueTask<Conversation> CountAsync(Connection connection, SessionRecord session, CancellationToken cancel)
    {
        long turns = 0, calls = 0;
        await connection.ListAsync(
            """
            SELECT type, thread, has_tool_use, content_json FROM messages
            WHERE share_id = $1 AND (has_tool_use OR type = 'user' AND thread IS NULL)
            """,
            row =>
            {
                if (row.Flag(2))
                    calls += ToolCallsIn(row.Bytes(3));
                else if (Prompt.Line(new Entry { Role = EntryJson.ParseRole(row.Text(0)), Blocks = row.Bytes(3) }) is not null)
                    turns++;
                return 0;
            },
            cancel, session.Id);
        return new(turns, session.MessageCount, calls, session.InputTokens + session.OutputTokens);
    }

    private static long ToolCallsIn(ReadOnlySpan<byte> blocks)
    {
        var json = new Utf8JsonReader(blocks, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
        long calls = 0;
        while (json.Read())
        {
            if (json.CurrentDepth != 2 || json.TokenType != JsonTokenType.PropertyName)
                continue;
            bool isType = json.ValueTextEquals("type"u8);
            json.Read();
            if (isType && json.TokenType == JsonTokenType.String && json.ValueTextEquals("tool_use"u8))
                calls++;
            json.Skip();
        }
        return calls;
    }
}
