namespace Parley.Core.Bridging;

/// <summary>How much one machine may lend, and how much passes over its connection.</summary>
public static class BridgeLimits
{
    /// <summary>The most bytes of a message, in either direction.</summary>
    public const int MessageBytes = 1024 * 1024;

    /// <summary>The most UTF-16 code units of a tool's answer; what is longer is cut on the machine that lends it, and says so.</summary>
    public const int AnswerCharacters = 100_000;

    /// <summary>The most bytes of a call's input.</summary>
    public const int InputBytes = 64 * 1024;

    /// <summary>The most workspaces that one machine lends to.</summary>
    public const int Workspaces = 32;

    /// <summary>The most tools of one MCP server, the bytes of all their definitions together, and the characters of one description.</summary>
    public const int Tools = 100, ToolsBytes = 256 * 1024, DescriptionCharacters = 2048;

    /// <summary>The most calls that one machine carries out at a time; others are refused at once.</summary>
    public const int CallsAtOnce = 16;

    /// <summary>The longest name of a tool, as the model's API takes it.</summary>
    public const int NameCharacters = 64;

    /// <summary>The longest that a call goes on, and that an MCP server takes to start.</summary>
    public static readonly TimeSpan CallTime = TimeSpan.FromSeconds(60), OpeningTime = TimeSpan.FromSeconds(30);

    /// <summary>The most bytes of one message of an MCP server: whoever sends a longer one is closed.</summary>
    public const int ServerMessageBytes = 8 * 1024 * 1024;
}
