namespace Parley.Cli.Servers;

/// <summary>A value that the command was given, and where it was found.</summary>
internal sealed record Setting(string Value, string Origin);

/// <summary>Which server the command talks to and with which key: the environment comes before files, and files before defaults.</summary>
internal static class Settings
{
    public const string ServerVariable = "SHARE_SERVER_URL", KeyVariable = "SHARE_API_KEY", DefaultServer = "http://localhost:3000";

    public static Setting Server()
    {
        if (Variable(ServerVariable) is { } fromEnvironment)
            return new Setting(fromEnvironment, ServerVariable);
        return ConfigFile.Read().Server is { Length: > 0 } fromFile
            ? new Setting(fromFile, ConfigFile.FilePath)
            : new Setting(DefaultServer, "default");
    }

    /// <summary>The API key for a server; null when there is none.</summary>
    public static Setting? Key(Uri server) =>
        Variable(KeyVariable) is { } fromEnvironment ? new Setting(fromEnvironment, KeyVariable) : FileKey(server);

    /// <summary>The key that the server of this machine wrote for its user.</summary>
    public static Setting? FileKey(Uri server) =>
        Credentials.Find(server) is { } key ? new Setting(key, Credentials.FilePath) : null;

    /// <exception cref="Failure">The address is not one of a server.</exception>
    public static Uri Address(Setting server)
    {
        if (!Uri.TryCreate(server.Value, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new Failure($"'{server.Value}' (from {server.Origin}) is not the address of a server; it looks like {DefaultServer}.");
        return new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
    }

    /// <summary>Whether two addresses are one server's: the names of this machine are one.</summary>
    public static bool IsSame(Uri one, Uri other) => one.Authority == other.Authority || (one.IsLoopback && other.IsLoopback && one.Port == other.Port);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
