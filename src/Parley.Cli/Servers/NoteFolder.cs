using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Parley.Core.Credentials;

namespace Parley.Cli.Servers;

/// <summary>Small notes about sessions of this machine: a file each, <c>NAME/SESSIONID.json</c> in the state folder. A note is there whole or not at all.</summary>
/// <param name="name">The folder's name.</param>
/// <param name="type">How a note is written.</param>
internal sealed class NoteFolder<T>(string name, JsonTypeInfo<T> type)
    where T : class
{
    private const string Ending = ".json";

    private string Folder => StateFolder.Path(name);

    /// <summary>The note about a session; null when there is none that can be read.</summary>
    public T? Find(string sessionId) => Read(PathOf(sessionId));

    /// <summary>All notes that can be read.</summary>
    public IReadOnlyList<T> List() => !Directory.Exists(Folder) ? [] : [.. Directory.GetFiles(Folder, $"*{Ending}").Select(Read).OfType<T>()];

    public void Save(string sessionId, T note)
    {
        PrivateFile.CreateFolder(Folder);
        string path = PathOf(sessionId), draft = $"{path}.{Environment.ProcessId}";
        using (FileStream file = PrivateFile.Open(draft, new() { Mode = FileMode.Create, Access = FileAccess.Write }))
            JsonSerializer.Serialize(file, note, type);
        File.Move(draft, path, overwrite: true);
    }

    public void Delete(string sessionId)
    {
        if (Directory.Exists(Folder))
            File.Delete(PathOf(sessionId));
    }

    private T? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    // An id comes out of a transcript: what could lead elsewhere becomes a name of its own.
    private string PathOf(string sessionId) => Path.Combine(Folder, $"{Uri.EscapeDataString(sessionId).Replace(".", "%2E", StringComparison.Ordinal)}{Ending}");
}
