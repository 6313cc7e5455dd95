using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Server.Intake;

/// <summary>Which kinds of blocks an entry holds, as far as its row says so.</summary>
internal readonly record struct BlockKinds(bool Thinking, bool ToolUse)
{
    /// <param name="blocks">A JSON array of objects.</param>
    public static BlockKinds Of(ReadOnlySpan<byte> blocks)
    {
        var json = new Utf8JsonReader(blocks, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
        bool thinking = false, toolUse = false;
        while (json.Read())
        {
            if (json.CurrentDepth != 2 || json.TokenType != JsonTokenType.PropertyName)
                continue;
            bool isType = json.ValueTextEquals("type"u8);
            json.Read();
            if (isType && json.TokenType == JsonTokenType.String)
            {
                thinking |= json.ValueTextEquals("thinking"u8) || json.ValueTextEquals("redacted_thinking"u8);
                toolUse |= json.ValueTextEquals("tool_use"u8);
            }
            json.Skip();
        }
        return new BlockKinds(thinking, toolUse);
    }
}
