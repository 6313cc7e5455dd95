using System.Text.Json;

namespace Parley.Cli.Setup;

/// <summary>What the client's <c>settings.json</c> says of plugins.</summary>
internal sealed record ClientSettings(IReadOnlyDictionary<string, PluginConfig>? PluginConfigs)
{
    /// <summary>What the plugin was told to start; <c>parley</c> where nothing was said.</summary>
    /// <param name="configFolder">The client's own folder.</param>
    public static string PluginCommand(string configFolder)
    {
        try
        {
            byte[] json = File.ReadAllBytes(Path.Combine(configFolder, "settings.json"));
            ClientSettings? settings = JsonSerializer.Deserialize(json, Servers.CliJson.Default.ClientSettings);
            return settings?.PluginConfigs?.GetValueOrDefault(Plugin.Id)?.Options?.GetValueOrDefault("command").ToString() is { Length: > 0 } command ? command : "parley";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return "parley";
        }
    }
}

internal sealed record PluginConfig(IReadOnlyDictionary<string, JsonElement>? Options);
