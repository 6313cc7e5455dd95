using System.Text.Json;
using Parley.Cli.Servers;

namespace Parley.Cli.Promoting;

/// <summary>The part of the server's interface that promotes sessions.</summary>
internal static class PromotionApi
{
    /// <summary>Promotes a session that the server has.</summary>
    /// <param name="server">Where it is.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="request">What it is to become.</param>
    /// <param name="told">Is told each step when it is done.</param>
    /// <param name="cancel">Undoes it, unless all of it is done.</param>
    /// <exception cref="ServerFailure">Nothing of it is done, or the connection broke: asking again does what is missing.</exception>
    public static async Task<PromotionResult> PromoteAsync(
        this ServerApi server, string sessionId, PromotionRequest request, Action<PromotionStep> told, CancellationToken cancel)
    {
        PromotionResult? result = null;
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(request, CliJson.Default.PromotionRequest);
        await server.PostForEventsAsync($"api/sessions/{Uri.EscapeDataString(sessionId)}/share", body, Hear, $"session {sessionId}", cancel);
        return result ?? throw server.BrokenOff("Type the same again: it does what is missing.");

        void Hear(string name, ReadOnlySpan<byte> data)
        {
            if (name == "step")
                told(JsonSerializer.Deserialize(data, CliJson.Default.PromotionStep)!);
            else if (name == "done")
                result = JsonSerializer.Deserialize(data, CliJson.Default.PromotionResult);
            else if (name == "error")
                throw server.Refused(JsonSerializer.Deserialize(data, CliJson.Default.Problem)!);
        }
    }
}
