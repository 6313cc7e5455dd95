using System.Net;
using Parley.Cli.Servers;

namespace Parley.Cli.Takeover;

/// <summary>Fetches the bundle of a shared session into a file.</summary>
internal static class Download
{
    /// <summary>The largest bundle that is fetched, 4 GiB: more than a server takes in.</summary>
    public const long MaxBytes = 4L * 1024 * 1024 * 1024;

    /// <exception cref="Failure">Nothing can be read there, or it is too large.</exception>
    public static async Task<FileStream> DownloadAsync(this PullSource source, ArrivalFolder arrival, CancellationToken cancel)
    {
        using ServerApi server = source.Connect();
        server.WarnIfReadableOnTheWay();
        string id = source.IsToken ? await server.SessionOfTokenAsync(cancel) : source.Value;
        FileStream file = arrival.CreateFile("bundle.jsonl");
        try
        {
            await server.BundleAsync(id, file, MaxBytes, cancel);
            return file;
        }
        catch (Exception e)
        {
            await file.DisposeAsync();
            // Without a key nobody is a member of anything.
            if (e is ServerFailure { Status: HttpStatusCode.NotFound } && source.IsWorkspace && !server.HasKey)
                throw ServerErrors.NoKey(source.Server);
            throw;
        }
    }
}
