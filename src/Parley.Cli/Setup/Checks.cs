using Parley.Cli.LocalSessions;
using Parley.Cli.Servers;
using Parley.Core.Transcripts;

namespace Parley.Cli.Setup;

/// <summary>The checks of <c>parley doctor</c>, in the order in which a person would mend what they find.</summary>
internal static class Checks
{
    public static IEnumerable<Task<Diagnosis>> All(CancellationToken cancel) =>
    [
        GuardAsync("server", () => ServerAsync(cancel)),
        GuardAsync("key", () => KeyAsync(cancel)),
        GuardAsync("client", () => ClientAsync(cancel)),
        GuardAsync("plugin", () => PluginAsync(cancel)),
        GuardAsync("session", () => Task.FromResult(Session())),
    ];

    private static async Task<Diagnosis> ServerAsync(CancellationToken cancel)
    {
        Setting setting = Settings.Server();
        using var server = new ServerApi(Settings.Address(setting), key: null);
        string version = await server.VersionAsync(cancel);
        return Diagnosis.Fine("server", $"{setting.Value} answers, version {version} (address from {setting.Origin})");
    }

    private static async Task<Diagnosis> KeyAsync(CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        int shared = (await server.ListAsync(cancel)).Sessions.Count;
        return Diagnosis.Fine("key", $"works; {shared} sessions are shared with it (key from {Settings.Key(server.Address)!.Origin})");
    }

    private static async Task<Diagnosis> ClientAsync(CancellationToken cancel)
    {
        ClaudeClient client = ClaudeClient.Require();
        return Diagnosis.Fine("client", $"Claude Code {await client.VersionAsync(cancel)} ({client.FilePath})");
    }

    private static async Task<Diagnosis> PluginAsync(CancellationToken cancel)
    {
        if (ClaudeClient.Find() is not { } client)
            return new Diagnosis("plugin", Health.Note, "not looked for, since there is no client.");
        InstalledPlugin? plugin = (await client.PluginsAsync(cancel)).FirstOrDefault(p => p.Id == Plugin.Id);
        if (plugin is null)
            return Diagnosis.Failed("plugin", "Claude Code does not have it: run `parley setup claude`.");
        if (!plugin.Enabled)
            return Diagnosis.Failed("plugin", $"it is installed and disabled: run `claude plugin enable {Plugin.Id}`.");
        if (plugin.Version != Plugin.Version)
            return Diagnosis.Failed("plugin", $"it is version {plugin.Version}, and this is Parley {Plugin.Version}: run `parley setup claude`.");
        return CommandIsThere(ClientSettings.PluginCommand(LocalCatalog.ClientFolder));
    }

    private static Diagnosis CommandIsThere(string command)
    {
        bool isPath = Path.GetFileName(command) != command;
        bool found = isPath ? File.Exists(command) : Programs.Find(command) is not null;
        return found
            ? Diagnosis.Fine("plugin", $"{Plugin.Id} {Plugin.Version} is enabled and starts {command}")
            : Diagnosis.Failed("plugin", $"it starts {command}, which is not {(isPath ? "there" : "on the PATH")}: run `parley setup claude`.");
    }

    private static Diagnosis Session()
    {
        TranscriptInfo session = LocalCatalog.Open(null).Info;
        return Diagnosis.Fine("session", $"{session.DisplayTitle} ({session.EntryCount} entries, {session.SessionId})");
    }

    // A failed check says in its sentence what to do, as the command that needs it would. A folder without a session is no failure.
    private static async Task<Diagnosis> GuardAsync(string subject, Func<Task<Diagnosis>> check)
    {
        try
        {
            return await check();
        }
        catch (Failure failure)
        {
            return new Diagnosis(subject, subject == "session" ? Health.Note : Health.Failed, failure.Message);
        }
    }
}
