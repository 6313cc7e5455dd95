using ModelContextProtocol.Server;

namespace Parley.Cli.Mcp;

/// <summary>The tools as the model is told of them.</summary>
internal static class Tools
{
    public static McpServerPrimitiveCollection<McpServerTool> Of(SharingTools sharing, ChatTools chats) =>
    [
        Tool(sharing.ShareAsync, "share_session", "Share this session as a link that anyone who has it can read. Secrets and personal paths are taken out first. Use it only when the user asks to share.",
            options => options.OpenWorld = true),
        Tool(chats.ShareAsync, "share_chat", "Let people join this session: invites them, and gives the workspace's agent what the user names and nothing else. Use it only when the user asks to share with somebody.",
            options => options.OpenWorld = true),
        Tool(sharing.UnshareAsync, "unshare_session", "Take a shared session back: it is deleted from the server and its link is dead at once.",
            options => options.Destructive = true),
        Tool(SharingTools.ListAsync, "list_shared", "List what the user shares, with links, expiry and who is watching.",
            options => options.ReadOnly = true),
        Tool(TokenTools.CreateAsync, "create_share_token", "Make a read-only link to a shared session for one reader, which ends by itself and can be closed alone.",
            options => options.OpenWorld = true),
        Tool(TokenTools.RevokeAsync, "revoke_share_token", "Close one such link at once.",
            options => options.Destructive = true),
        Tool(sharing.PreviewAsync, "preview_redaction", "Show what share_session would send of this session and what it would take out; sends nothing.",
            options => options.ReadOnly = true),
    ];

    private static McpServerTool Tool(Delegate method, string name, string description, Action<McpServerToolCreateOptions> hints)
    {
        var options = new McpServerToolCreateOptions
        {
            Name = name,
            Description = description,
            UseStructuredContent = true,
            SerializerOptions = McpJson.Default.Options,
        };
        hints(options);
        return McpServerTool.Create(method, options);
    }
}
