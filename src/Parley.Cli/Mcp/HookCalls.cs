using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Parley.Cli.Pausing;

namespace Parley.Cli.Mcp;

/// <summary>
/// The calls that the plugin's hooks make of a companion that is running already. They are in no list of tools: a model neither pays for
/// them as context nor can make them.
/// </summary>
internal sealed class HookCalls(CurrentSession current, LiveShares live, PauseWatch pauses)
{
    public async ValueTask<CallToolResult> AnswerAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancel)
    {
        current.Tell(Argument(request, "sessionId"));
        switch (request.Params?.Name)
        {
            case "session_is_current" when Argument(request, "prompt") is { } prompt && Block(prompt) is { } answer:
                return ToolAnswer.Text(answer);
            case "session_is_current":
                break;
            case "turn_has_ended":
                await live.SaidAsync(Argument(request, "lastMessage") ?? "", cancel);
                break;
            default:
                throw new McpProtocolException($"There is no tool '{request.Params?.Name}'.", McpErrorCode.InvalidParams);
        }
        return ToolAnswer.Text(Answer(live.TakeNews() ?? pauses.TakeNews()));
    }

    // Whoever is held up wants to know soon whether that is still right.
    private string? Block(string prompt)
    {
        if (current.Id is not { } id || PromptHook.Answer(id, prompt) is not { } answer)
            return null;
        pauses.CheckSoon();
        return answer.ToJsonString(McpJson.Default.Options);
    }

    // The client shows its user a system message, and nothing else of this; the model is told nothing.
    private static string Answer(string? news)
    {
        var answer = new JsonObject { ["suppressOutput"] = true };
        if (news is not null)
            answer["systemMessage"] = news;
        return answer.ToJsonString(McpJson.Default.Options);
    }

    private static string? Argument(RequestContext<CallToolRequestParams> request, string name) =>
        request.Params?.Arguments?.TryGetValue(name, out JsonElement value) == true && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
