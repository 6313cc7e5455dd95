using Parley.Server.Accounts;
using Parley.Server.Accounts.OpenId;
using Parley.Server.Agent;
using Parley.Server.Audit;
using Parley.Server.Bridge;
using Parley.Server.Context;
using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Hosts;
using Parley.Server.Intake;
using Parley.Server.Live;
using Parley.Server.Mail;
using Parley.Server.Mcp;
using Parley.Server.Notices;
using Parley.Server.Pages;
using Parley.Server.Pages.Context;
using Parley.Server.Pages.People;
using Parley.Server.Pages.Promoting;
using Parley.Server.Pages.Room;
using Parley.Server.Pages.Shares;
using Parley.Server.Permissions;
using Parley.Server.Promoting;
using Parley.Server.Relay;
using Parley.Server.Room;
using Parley.Server.Rpc;
using Parley.Server.Sessions;
using Parley.Server.Sharing;
using Parley.Server.Turns;
using Parley.Server.Workspaces;

namespace Parley.Server;

/// <summary>The server from its start to its end, as a table of contents.</summary>
public static class Program
{
    private const string Usage = "Usage: parley-server            starts the server\n       parley-server keys create NAME   makes an API key and prints it\n       parley-server runner             answers prompts for a server elsewhere";

    public static async Task<int> Main(string[] args)
    {
        try
        {
            ServerOptions options = new ServerEnvironment(Environment.GetEnvironmentVariable).Read();
            switch (args)
            {
                case []:
                    await ServeAsync(options);
                    return 0;
                case ["keys", "create", var name]:
                    await KeysCommand.CreateAsync(options, name, Console.Out);
                    return 0;
                case ["runner"]:
                    await RunnerCommand.RunAsync(options, Console.Out);
                    return 0;
                default:
                    await Console.Error.WriteLineAsync(Usage);
                    return 2;
            }
        }
        catch (OptionsException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (StartupException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    /// <summary>The server with everything in it, not started.</summary>
    public static WebApplication Build(ServerOptions options, TimeProvider? clock = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.AddHosting(options);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddSingleton(services => DatabaseOpening.Open(options, services.GetRequiredService<Metrics>()));
        builder.Services.AddSingleton(services => DataKey.Load(options));
        builder.Services.AddSingleton<KeyStore>().AddSingleton<LocalKey>().AddSingleton<SignInStore>();
        builder.Services.AddSingleton<SessionStore>().AddSingleton<SessionLog>().AddSingleton<SessionAccess>().AddSingleton<Rerendering>();
        builder.Services.AddSingleton<ShareStore>().AddSingleton<SessionSharing>().AddSingleton<SharesList>().AddSingleton<SessionEditing>();
        builder.Services.AddSingleton<AccountStore>().AddSingleton<MailedCodes>().AddMail(options);
        builder.Services.AddOpenId(options);
        builder.Services.AddSingleton<MemberStore>().AddSingleton<Members>().AddSingleton<InvitationStore>().AddSingleton<Invitations>().AddSingleton<Joining>();
        builder.Services.AddSingleton<Inbox>().AddSingleton<MissedMail>();
        builder.Services.AddContext();
        builder.Services.AddBridge();
        builder.Services.AddSingleton<Promotion>().AddSingleton<Closing>();
        builder.Services.AddSingleton<BundleIntake>();
        builder.Services.AddLive(options);
        builder.Services.AddSingleton<Notes>().AddSingleton<Visits>().AddSingleton<RoomNotices>().AddSingleton<RoomLog>();
        builder.Services.AddSingleton<AuditStore>().AddSingleton<AuditTrail>().AddHostedService(services => services.GetRequiredService<AuditTrail>());
        builder.Services.AddTurns(options);
        builder.Services.AddHosts();
        builder.Services.AddPermissions();
        builder.Services.AddRpc();
        builder.Services.AddMcp();
        builder.Services.AddRelay(options);
        builder.Services.AddHostedService<Retention>();
        builder.Services.AddPages();

        WebApplication app = builder.Build();
        app.UseHosting(options);
        app.MapUpload();
        app.MapSessions();
        app.MapContent();
        app.MapShares();
        app.MapContext();
        app.MapBridge();
        app.MapContextPages();
        app.MapClosing();
        app.MapAudit();
        app.MapDriver();
        app.MapEvents();
        app.MapRoom();
        app.MapTurns();
        app.MapHosts();
        app.MapPermissions();
        app.MapRpc();
        app.MapMcp();
        app.MapRelay();
        app.MapMembers();
        app.MapInbox();
        app.MapAccount();
        app.MapKeys();
        app.MapSignIn();
        app.MapOperations();
        app.MapOpenApi("/openapi/v1.json").For(Audience.Anyone);
        app.MapSignInPages();
        app.MapOpenId(options);
        app.MapInvitationPages();
        app.MapPeoplePages();
        app.MapInboxPages();
        app.MapAccountPages();
        app.MapSharesPages();
        app.MapSharesForms();
        app.MapPromotePages();
        app.MapRoomPages();
        app.MapPages();
        return app;
    }

    private static async Task ServeAsync(ServerOptions options)
    {
        await using WebApplication app = Build(options);
        await Console.Out.WriteLineAsync(await app.StartServerAsync());
        await app.WaitForShutdownAsync();
    }
}
