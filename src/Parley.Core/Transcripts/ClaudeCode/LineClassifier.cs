namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>Decides what a line is to somebody who reads the conversation, by its type and by what the client writes into its text.</summary>
internal static class LineClassifier
{
    private static ReadOnlySpan<byte> NoResponse => "\"No response requested.\""u8;

    private static ReadOnlySpan<byte> Continue => "\"Continue from where you left off.\""u8;

    /// <summary>The subtype of the line that Parley writes when it takes a session over; its content names the link.</summary>
    public static ReadOnlySpan<byte> TakenOver => "\"parley_taken_over\""u8;

    /// <summary>Whether lines of this type (a quoted JSON string) carry the conversation.</summary>
    public static bool IsConversation(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("\"user\""u8) || type.SequenceEqual("\"assistant\""u8);

    public static LineKind KindOf(in Line line, IReadOnlyList<ToolMention> tools)
    {
        if (line.Form == ContentForm.Empty)
            return LineKind.Hidden;
        if (line.Type.SequenceEqual("\"user\""u8))
            return KindOfUser(line, tools);
        if (line.Type.SequenceEqual("\"assistant\""u8))
            return HasContent(line) ? LineKind.Assistant : LineKind.Unknown;
        if (line.Type.SequenceEqual("\"system\""u8))
            return KindOfSystem(line);
        if (line.Type.SequenceEqual("\"attachment\""u8))
            return line.IsQueuedCommand && HasContent(line) && !IsNotification(line) ? LineKind.Prompt : LineKind.Hidden;
        return line.Type.SequenceEqual("\"progress\""u8) ? LineKind.Hidden : LineKind.Unknown;
    }

    public static LineFlags FlagsOf(in Line line)
    {
        LineFlags flags = LineFlags.None;
        if (line.IsSidechain)
            flags |= LineFlags.Sidechain;
        if (line.Form == ContentForm.String)
            flags |= LineFlags.Text;
        if (line.HasPersistedOutput)
            flags |= LineFlags.PersistedOutput;
        if (line.FirstText.SequenceEqual(Continue))
            flags |= LineFlags.Continue;
        if (line.FirstText.SequenceEqual(NoResponse) && line.Model.SequenceEqual(ModelNames.Synthetic))
            flags |= LineFlags.NoResponse;
        return flags;
    }

    private static LineKind KindOfUser(in Line line, IReadOnlyList<ToolMention> tools)
    {
        if (line.IsCompactSummary && HasContent(line))
            return LineKind.Summary;
        if (line.IsMeta || IsNotification(line) || JsonString.StartsWith(line.FirstText, "<local-command-caveat>"u8))
            return LineKind.Hidden;
        if (!HasContent(line))
            return LineKind.Unknown;
        foreach (ToolMention tool in tools)
        {
            if (tool.IsResult)
                return LineKind.ToolResult;
        }
        return IsCommand(line.FirstText) ? LineKind.Command : LineKind.Prompt;
    }

    private static LineKind KindOfSystem(in Line line)
    {
        if (line.Subtype.SequenceEqual("\"compact_boundary\""u8))
            return LineKind.Boundary;
        if (line.Subtype.SequenceEqual(TakenOver) && line.Form == ContentForm.String)
            return LineKind.Origin;
        if (line.Subtype.SequenceEqual("\"local_command\""u8))
            return HasContent(line) ? LineKind.Command : LineKind.Unknown;
        // An informational line may quote a prompt that a hook has blocked.
        bool isNoise = line.IsMeta || line.Subtype.SequenceEqual("\"turn_duration\""u8) || line.Subtype.SequenceEqual("\"informational\""u8)
            || line.Subtype.SequenceEqual("\"stop_hook_summary\""u8) || line.Subtype.SequenceEqual("\"api_error\""u8);
        return isNoise ? LineKind.Hidden : LineKind.Unknown;
    }

    private static bool HasContent(in Line line) => line.Form is ContentForm.String or ContentForm.Blocks;

    private static bool IsNotification(in Line line) =>
        line.IsTaskNotification || JsonString.StartsWith(line.FirstText, "<task-notification>"u8);

    private static bool IsCommand(ReadOnlySpan<byte> text) =>
        JsonString.StartsWith(text, "<command-"u8) || JsonString.StartsWith(text, "<local-command-"u8) || JsonString.StartsWith(text, "<bash-"u8)
        || JsonString.StartsWith(text, "[Request interrupted by user"u8);
}
