using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Parley.Cli.Mcp;

/// <summary>What goes around every tool: an expected failure becomes an answer that says what to do, and an answer's message its text.</summary>
internal static class ToolAnswer
{
    public static McpRequestHandler<CallToolRequestParams, CallToolResult> Filter(McpRequestHandler<CallToolRequestParams, CallToolResult> call) => async (request, cancel) =>
    {
        try
        {
            return WithMessage(await call(request, cancel));
        }
        catch (Failure failure)
        {
            return Text(failure.Message, isError: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Text($"{e.Message} `parley doctor` may tell more.", isError: true);
        }
    };

    public static CallToolResult Text(string text, bool isError = false) => new() { Content = [new TextContentBlock { Text = text }], IsError = isError };

    // Clients that show text show a sentence, not the structured content once more.
    private static CallToolResult WithMessage(CallToolResult result)
    {
        if (result.StructuredContent is { ValueKind: JsonValueKind.Object } content && content.TryGetProperty("message", out JsonElement message))
            result.Content = [new TextContentBlock { Text = message.GetString()! }];
        return result;
    }
}
