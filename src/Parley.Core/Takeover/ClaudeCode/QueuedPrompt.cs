using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>
/// A prompt that a person typed while the agent worked. The client keeps it as an attachment only, and sends that as text of the system: from a
/// stranger's hand it must come as what it is, a prompt.
/// </summary>
internal static class QueuedPrompt
{
    /// <summary>The prompt in an attachment, a JSON string or an array of blocks; empty where there is none.</summary>
    public static ReadOnlySpan<byte> In(ReadOnlySpan<byte> attachment)
    {
        ReadOnlySpan<byte> type = default, mode = default, prompt = default;
        var json = new JsonScanner(attachment);
        if (!json.TryEnter((byte)'{'))
            return default;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            ReadOnlySpan<byte> value = json.Skip();
            if (name.SequenceEqual("type"u8))
                type = value;
            else if (name.SequenceEqual("commandMode"u8))
                mode = value;
            else if (name.SequenceEqual("prompt"u8))
                prompt = value;
        }
        bool isPrompt = type.SequenceEqual("\"queued_command\""u8) && (mode.IsEmpty || mode.SequenceEqual("\"prompt\""u8));
        return isPrompt && ContentBlocks.HasAny(prompt, withThinking: false) ? prompt : default;
    }
}
