using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Cli.Bridging;
using Parley.Cli.Context;
using Parley.Cli.Control;
using Parley.Cli.Homecoming;
using Parley.Cli.Hosting;
using Parley.Cli.Live;
using Parley.Cli.LocalSessions;
using Parley.Cli.Pausing;
using Parley.Cli.Promoting;
using Parley.Cli.Redacting;
using Parley.Cli.Setup;
using Parley.Cli.Sharing;
using Parley.Cli.Takeover;
using Parley.Cli.Transfers;

namespace Parley.Cli.Servers;

/// <summary>The JSON that the command reads and writes, in camelCase, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(ConfigFile))]
[JsonSerializable(typeof(SharedSessions))]
[JsonSerializable(typeof(ShareResult))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(ApiKeys))]
[JsonSerializable(typeof(OwnShares))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(MadeToken))]
[JsonSerializable(typeof(SignInLink))]
[JsonSerializable(typeof(TokenLine[]))]
[JsonSerializable(typeof(SessionReport[]))]
[JsonSerializable(typeof(IReadOnlyList<ApiKey>))]
[JsonSerializable(typeof(AppendResult))]
[JsonSerializable(typeof(LiveEvent))]
[JsonSerializable(typeof(LiveTerms))]
[JsonSerializable(typeof(SessionFacts))]
[JsonSerializable(typeof(SessionChange))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ConfigReport))]
[JsonSerializable(typeof(SessionLine[]))]
[JsonSerializable(typeof(PreviewJson))]
[JsonSerializable(typeof(RedactReport))]
[JsonSerializable(typeof(InstalledPlugin[]))]
[JsonSerializable(typeof(KnownMarketplace[]))]
[JsonSerializable(typeof(ClientSettings))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(TakenOverReport))]
[JsonSerializable(typeof(SessionOfToken))]
[JsonSerializable(typeof(SendReady))]
[JsonSerializable(typeof(SendNews))]
[JsonSerializable(typeof(OfferReport))]
[JsonSerializable(typeof(InstalledReport))]
[JsonSerializable(typeof(PromotionRequest))]
[JsonSerializable(typeof(PromotionStep))]
[JsonSerializable(typeof(PromotionResult))]
[JsonSerializable(typeof(WorkspaceNote))]
[JsonSerializable(typeof(PausedSession))]
[JsonSerializable(typeof(SharedFileList))]
[JsonSerializable(typeof(HomeReport))]
[JsonSerializable(typeof(HookInput))]
[JsonSerializable(typeof(NewResource))]
[JsonSerializable(typeof(ResourceReceipt))]
[JsonSerializable(typeof(ContentsReceipt))]
[JsonSerializable(typeof(SharedContext))]
[JsonSerializable(typeof(NewPermission))]
[JsonSerializable(typeof(ToolCall))]
[JsonSerializable(typeof(ToolReceipt))]
[JsonSerializable(typeof(BridgeNote))]
[JsonSerializable(typeof(IReadOnlyList<SharedResource>))]
[JsonSerializable(typeof(NewRunner))]
[JsonSerializable(typeof(MadeRunner))]
[JsonSerializable(typeof(TakeTurn))]
[JsonSerializable(typeof(TakenTurn))]
[JsonSerializable(typeof(TurnRenewal))]
[JsonSerializable(typeof(TurnText))]
[JsonSerializable(typeof(PermissionReply))]
[JsonSerializable(typeof(HostContext))]
[JsonSerializable(typeof(ContextFiles))]
[JsonSerializable(typeof(HostEvent))]
internal sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>For people and scripts: text in other alphabets stays readable.</summary>
    public static CliJson Readable => field ??= new CliJson(new JsonSerializerOptions(Relaxed) { WriteIndented = true });

    /// <summary>The same on one line.</summary>
    public static CliJson Compact => field ??= new CliJson(Relaxed);

    private static JsonSerializerOptions Relaxed => new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new TimestampJson() },
    };
}
