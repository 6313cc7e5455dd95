using System.Text.Json;
using Parley.Core.Credentials;

namespace Parley.Cli.Servers;

/// <summary>
/// The user's own settings: <c>{"server":"https://…"}</c> in <c>${XDG_CONFIG_HOME:-~/.config}/parley/config.json</c>
/// (Windows: <c>%APPDATA%\parley</c>).
/// </summary>
internal sealed record ConfigFile
{
    public string? Server { get; init; }

    /// <summary>The user's folder of settings.</summary>
    public static string Folder { get; } = Path.GetDirectoryName(CredentialsFile.DefaultPath(WithoutOverride))!;

    public static string FilePath { get; } = Path.Combine(Folder, "config.json");

    /// <exception cref="Failure">The file is there and is not what it should be.</exception>
    public static ConfigFile Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(FilePath), CliJson.Default.ConfigFile) ?? new ConfigFile();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ConfigFile();
        }
        catch (JsonException e)
        {
            throw new Failure($"{FilePath} is not valid ({e.Message}). Mend it, or delete it and use `parley config set server URL`.");
        }
    }

    /// <summary>Replaces the file in one step.</summary>
    public void Write()
    {
        Directory.CreateDirectory(Folder);
        string unfinished = $"{FilePath}.{Environment.ProcessId}";
        File.WriteAllBytes(unfinished, [.. JsonSerializer.SerializeToUtf8Bytes(this, CliJson.Default.ConfigFile), (byte)'\n']);
        File.Move(unfinished, FilePath, overwrite: true);
    }

    // PARLEY_CREDENTIALS moves the credentials only.
    private static string? WithoutOverride(string variable) =>
        variable == "PARLEY_CREDENTIALS" ? null : Environment.GetEnvironmentVariable(variable);
}
