using System.Text.Json.Nodes;

namespace Parley.Cli.Pausing;

/// <summary>Answers the client's question about a prompt that was typed: from a local file, without asking anybody.</summary>
internal static class PromptHook
{
    /// <summary>The client's answer; null when the prompt is none of Parley's business.</summary>
    /// <param name="sessionId">The session that it was typed into.</param>
    /// <param name="prompt">What was typed.</param>
    public static JsonObject? Answer(string sessionId, string prompt)
    {
        if (PausedSession.Find(sessionId) is not { } paused)
            return null;
        switch (PausedPrompts.Of(prompt))
        {
            case PausedPrompt.LetThrough:
                return null;
            case PausedPrompt.Unpauses:
                PausedSession.End(sessionId);
                return PausedPrompts.Unpausing(paused);
            default:
                return PausedPrompts.Blocking(paused);
        }
    }
}
