using System.CommandLine;
using System.Text.Json;
using Parley.Cli.LocalSessions;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;

namespace Parley.Cli.Servers;

/// <summary>What <c>parley config --json</c> prints. A key is shown by its first characters only.</summary>
internal sealed record ConfigReport(
    Setting Server,
    Setting? Key,
    string ConfigFile,
    string CredentialsFile,
    SettingsFile UserRedactionFile,
    SettingsFile ProjectRedactionFile,
    IReadOnlyList<Setting> SessionFolders,
    string? ServerProgram);

/// <summary>A file that need not be there.</summary>
internal sealed record SettingsFile(string Path, bool Exists)
{
    public static SettingsFile At(string path) => new(path, File.Exists(path));
}

/// <summary><c>parley config</c>: which server, key, files and folders the command uses, and where each was found.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        Option<bool> json = Options.Json("Print it as a JSON object");
        var command = new CliCommand("config", "Show where server, key and sessions come from; set the server", """
            parley config
            parley config set server https://parley.example.org
            """) { json, Set(), Unset() };
        command.SetAction(parsed => Show(parsed.GetValue(json)));
        return command;
    }

    private static void Show(bool json)
    {
        ConfigReport report = Report();
        if (json)
        {
            Terminal.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Readable.ConfigReport));
            return;
        }
        var table = new Table(new("SETTING"), new("VALUE"), new("FROM"));
        table.Add("server", report.Server.Value, report.Server.Origin);
        table.Add("key", report.Key?.Value ?? "none", report.Key?.Origin);
        foreach (Setting folder in report.SessionFolders)
            table.Add("sessions", folder.Value, folder.Origin);
        table.Add("config file", report.ConfigFile, File.Exists(report.ConfigFile) ? null : "not there");
        table.Add("credentials", report.CredentialsFile, File.Exists(report.CredentialsFile) ? null : "not there");
        table.Add("redaction, yours", report.UserRedactionFile.Path, report.UserRedactionFile.Exists ? null : "not there");
        table.Add("redaction, this folder's", report.ProjectRedactionFile.Path, report.ProjectRedactionFile.Exists ? null : "not there");
        table.Add("server program", report.ServerProgram ?? "not installed", null);
        table.Write(Terminal.Out, Style.OfOut, width: null);
    }

    private static ConfigReport Report()
    {
        Setting server = Settings.Server();
        Setting? key = Settings.Key(Settings.Address(server));
        return new ConfigReport(
            server,
            key is null ? null : key with { Value = Mask(key.Value) },
            ConfigFile.FilePath,
            Credentials.FilePath,
            SettingsFile.At(RedactionFiles.OfUser),
            SettingsFile.At(RedactionFiles.OfProject(Environment.CurrentDirectory)),
            LocalCatalog.Folders(),
            ServerProgram.Find()?.FilePath);
    }

    private static string Mask(string key) => key.Length > 12 ? key[..6] + "…" : "…";

    private static CliCommand Set()
    {
        Argument<string> name = SettingName();
        var value = new Argument<string>("URL") { Description = "The server's address, e.g. https://parley.example.org" };
        var command = new CliCommand("set", "Set the server's address", "parley config set server https://parley.example.org") { name, value };
        command.SetAction(parsed => Store(parsed.GetRequiredValue(value)));
        return command;
    }

    private static CliCommand Unset()
    {
        var command = new CliCommand("unset", $"Go back to the default server, {Settings.DefaultServer}", "parley config unset server") { SettingName() };
        command.SetAction(_ => Store(null));
        return command;
    }

    private static Argument<string> SettingName()
    {
        var name = new Argument<string>("SETTING") { Description = "server" };
        name.AcceptOnlyFromAmong("server");
        return name;
    }

    private static void Store(string? server)
    {
        if (server is not null)
            server = Settings.Address(new Setting(server, "the command line")).ToString().TrimEnd('/');
        (ConfigFile.Read() with { Server = server }).Write();
        if (Settings.Server() is { Origin: Settings.ServerVariable } hidden)
            Terminal.Error.WriteLine($"note: {Settings.ServerVariable} is set to {hidden.Value} and comes first.");
    }
}
