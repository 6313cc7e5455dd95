using Parley.Cli.Context;
using Parley.Cli.Servers;
using Parley.Core.Context;
using Parley.Core.Credentials;

namespace Parley.Cli.Hosting;

/// <summary>
/// Keeps a folder as the workspace shares it. What is taken away is deleted before anything new is fetched, in the middle of a turn too: the client
/// sees this very folder.
/// </summary>
internal sealed class SharedFiles(string folder, string sessionId, ServerApi server)
{
    private const int AtOnce = 8;

    private readonly Dictionary<string, (string Resource, string Sha256)> _there = [];

    /// <summary>How many files there are.</summary>
    public int Count => _there.Count;

    /// <summary>Makes the folder hold what is shared, and nothing else.</summary>
    public async Task SyncAsync(HostContext context, CancellationToken cancel)
    {
        var wanted = new Dictionary<string, (string Resource, ContextFileLine File)>();
        HashSet<string> shared = [.. context.Resources.Select(resource => resource.ResourceId)];
        RemoveAll(place => !shared.Contains(_there[place].Resource));
        foreach (SharedResource resource in context.Resources)
        {
            foreach (ContextFileLine file in (await server.ContextFilesAsync(sessionId, resource.ResourceId, cancel)).Files)
            {
                if (ContextPath.Join(resource.Name, file.Path) is var place && ContextPath.IsValid(place))
                    wanted.TryAdd(place, (resource.ResourceId, file));
            }
        }
        RemoveAll(place => !wanted.TryGetValue(place, out var want) || want.File.Sha256 != _there[place].Sha256);
        string[] missing = [.. wanted.Keys.Where(place => !_there.ContainsKey(place))];
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (place, end) =>
            await FetchAsync(place, wanted[place].Resource, wanted[place].File.Path, end));
        foreach (string place in missing)
            _there[place] = (wanted[place].Resource, wanted[place].File.Sha256);
    }

    private async Task FetchAsync(string place, string resourceId, string path, CancellationToken cancel)
    {
        byte[] content = await server.ContextFileAsync(sessionId, resourceId, path, cancel);
        string target = Path.Combine(folder, place);
        PrivateFile.CreateFolder(Path.GetDirectoryName(target)!);
        await using FileStream file = PrivateFile.Open(target, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write });
        await file.WriteAsync(content, cancel);
    }

    private void RemoveAll(Func<string, bool> isGone)
    {
        foreach (string place in _there.Keys.Where(isGone).ToArray())
        {
            File.Delete(Path.Combine(folder, place));
            _there.Remove(place);
        }
    }
}
