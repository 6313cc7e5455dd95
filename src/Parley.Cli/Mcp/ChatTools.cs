using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Parley.Cli.Promoting;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Core.Context;

namespace Parley.Cli.Mcp;

/// <summary>The tool that lets people join the current session. It shares nothing that <c>parley share --to</c> would not.</summary>
internal sealed class ChatTools(CurrentSession current, LiveShares lives)
{
    // By this the client says which of the model's calls it passes on.
    private const string ToolCall = "claudecode/toolUseId";

    public async Task<SharedChat> ShareAsync(
        [Description("E-mail addresses of the people to invite")] string[] recipients,
        [Description("What they may do: viewer, suggester or prompter; prompter when left out")] string? role = null,
        [Description("What the agent of the workspace may use; all else stays private. Nothing when left out.")] ChatContext? context = null,
        [Description("multiplayer: people and an agent go on with it in a shared workspace, and this session pauses; view: they read it while it goes on here")]
        string mode = PromotionRequest.Multiplayer,
        [Description("true also lets anyone who has the link read it")] bool link = false,
        IProgress<ProgressNotificationValue>? progress = null,
        RequestContext<CallToolRequestParams>? request = null,
        CancellationToken cancel = default)
    {
        await current.WrittenAsync(request?.Params?.Meta?[ToolCall]?.ToString(), cancel);
        OutgoingSession session = SharingTools.Outgoing(await current.OpenAsync(cancel), title: null, toolResults: true);
        var promotion = new PromotionRequest { Recipients = recipients, Role = role, Context = context?.Choice, Mode = mode, Link = link ? true : null };
        using var server = ServerApi.Connect();
        List<string> leftOut = [];
        var promoter = new Promoter(server, Report(progress, leftOut));
        string? there = await ThereAsync(session, mode, cancel) ?? await promoter.FindAsync(session, cancel);
        PromotionResult result = await promoter.RunAsync(
            session, there, promotion, new HashSet<string>(), new Terms(Expires: null, IsPrivate: true), cancel);
        if (result.Mode == PromotionRequest.Multiplayer)
            await lives.EndAsync(result.ShareId);
        return SharedChat.Of(result, leftOut);
    }

    // What people only read goes on here, so they see it go on.
    private async Task<string?> ThereAsync(OutgoingSession session, string mode, CancellationToken cancel) =>
        await lives.CatchUpAsync(session.Transcript.Info.SessionId, cancel) is { } live ? live.ShareId
        : mode == PromotionRequest.View ? (await lives.StartAsync(session, new Terms(Expires: null, IsPrivate: true), fromNow: false, cancel)).ShareId
        : null;

    private static PromotionProgress Report(IProgress<ProgressNotificationValue>? progress, List<string> leftOut)
    {
        int steps = 0;
        return new PromotionProgress(
            Doing: _ => { },
            Done: step => progress?.Report(new ProgressNotificationValue { Progress = ++steps, Message = step.Title }),
            Sent: sent => leftOut.AddRange(sent.Plan.LeftOut.Select(file => $"{ContextPath.Join(sent.Plan.Name, file.Path)} {LeftOutReasons.Words(file.Reason)}")));
    }
}

/// <summary>What a model says of the context; what it leaves out stays private.</summary>
internal sealed record ChatContext(
    [property: Description("Folders of the project, relative to it, e.g. server/src/service")] string[]? Files = null,
    [property: Description("MCP servers of the user's configuration, by name")] string[]? Mcps = null,
    [property: Description("Whether the project's memory and CLAUDE.md are")] bool Memory = false)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public ContextChoice Choice => new() { Files = Files ?? [], Mcps = Mcps ?? [], Memory = Memory };
}
