using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Core.Credentials;

/// <summary>
/// The keys of this machine's commands, one per server: <c>{"servers":{"http://localhost:3000":"sk-…"}}</c>, readable by their owner
/// alone. The server writes the key of the local case here, the command reads it.
/// </summary>
public sealed class CredentialsFile(string path)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public string Path => path;

    /// <summary>PARLEY_CREDENTIALS, else credentials.json in the user's configuration folder for Parley.</summary>
    /// <param name="variable">Gives an environment variable's value.</param>
    public static string DefaultPath(Func<string, string?> variable)
    {
        if (variable("PARLEY_CREDENTIALS") is { Length: > 0 } path)
            return path;
        string? folder = OperatingSystem.IsWindows() ? variable("APPDATA") : variable("XDG_CONFIG_HOME");
        if (string.IsNullOrEmpty(folder))
            folder = System.IO.Path.Combine(variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return System.IO.Path.Combine(folder, "parley", "credentials.json");
    }

    /// <summary>The key for a server, or null when the file or its line is missing.</summary>
    /// <param name="server">The server's address, e.g. <c>http://localhost:3000</c>; the names of loopback are one.</param>
    /// <exception cref="CredentialsException">The file can't be read.</exception>
    public string? FindKey(string server) => Servers(Read())[ServerName.Of(server)] is JsonValue value && value.TryGetValue(out string? key) ? key : null;

    /// <summary>Keeps a key for a server; what else the file holds stays. The file is replaced as a whole or not at all.</summary>
    /// <exception cref="CredentialsException">The file can't be read or written.</exception>
    public void SetKey(string server, string key)
    {
        JsonObject root = Read();
        Servers(root)[ServerName.Of(server)] = key;
        try
        {
            Replace(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CredentialsException($"The credentials file {path} can't be written: {e.Message}", e);
        }
    }

    private static JsonObject Servers(JsonObject root)
    {
        if (root["servers"] is JsonObject servers)
            return servers;
        servers = [];
        root["servers"] = servers;
        return servers;
    }

    private JsonObject Read()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path), documentOptions: Strict) as JsonObject ?? throw new JsonException("it is not an object.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException e)
        {
            throw new CredentialsException($"The credentials file {path} is damaged ({e.Message}). Repair or delete it.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CredentialsException($"The credentials file {path} can't be read: {e.Message}", e);
        }
    }

    private void Replace(JsonObject root)
    {
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        string beside = System.IO.Path.Combine(folder, "." + System.IO.Path.GetRandomFileName());
        PrivateFile.CreateFolder(folder);
        try
        {
            Write(root, beside);
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static void Write(JsonObject root, string file)
    {
        using FileStream stream = PrivateFile.Open(file, new() { Mode = FileMode.CreateNew, Access = FileAccess.Write });
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
            root.WriteTo(json);
        stream.Flush(flushToDisk: true);
    }
}

/// <summary>The credentials file can't be used; the message says what to do.</summary>
public sealed class CredentialsException(string message, Exception inner) : Exception(message, inner);
