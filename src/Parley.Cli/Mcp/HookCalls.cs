using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Parley.Cli.Mcp;

/// <summary>
/// The calls that the plugin's hooks make of a companion that is running already. They are in no list of tools: a model neither pays for
/// them as context nor can make them.
/// </summary>
internal sealed class HookCalls(CurrentSession current)
{
    /// <summary>What a hook answers so that the client shows nothing and tells the model nothing.</summary>
    private const string Silence = """{"suppressOutput":true}""";

    public ValueTask<CallToolResult> AnswerAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancel)
    {
        switch (request.Params?.Name)
        {
            case "session_is_current":
                current.Tell(Argument(request, "sessionId"));
                break;
            case "turn_has_ended":
                current.Tell(Argument(request, "sessionId"));
                break;
            default:
                throw new McpProtocolException($"There is no tool '{request.Params?.Name}'.", McpErrorCode.InvalidParams);
        }
        return ValueTask.FromResult(ToolAnswer.Text(Silence));
    }

    private static string? Argument(RequestContext<CallToolRequestParams> request, string name) =>
        request.Params?.Arguments?.TryGetValue(name, out JsonElement value) == true && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
