using System.Text.Json;

namespace Parley.Cli.Servers;

internal static class Credentials
{
    public static string FilePath { get; } = Environment.GetEnvironmentVariable("PARLEY_CREDENTIALS") is { Length: > 0 } path
        ? path
        : Path.Combine(Path.GetDirectoryName(ConfigFile.FilePath)!, "credentials.json");

    public static string? Find(Uri server)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(FilePath));
            foreach (JsonProperty p in document.RootElement.GetProperty("servers").EnumerateObject())
                if (Uri.TryCreate(p.Name.TrimEnd('/') + "/", UriKind.Absolute, out Uri? u) && (u == server || (u.IsLoopback && server.IsLoopback && u.Port == server.Port)))
                    return p.Value.GetString();
            return null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
