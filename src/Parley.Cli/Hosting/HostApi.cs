using Parley.Cli.Servers;

namespace Parley.Cli.Hosting;

/// <summary>The part of the server's interface by which an owner lets this machine answer; turns have a wire of their own.</summary>
internal static class HostApi
{
    public static Task<MadeRunner> AddRunnerAsync(this ServerApi server, string sessionId, string name, CancellationToken cancel) =>
        server.PostAsync($"{PathOf(sessionId)}/runners", new NewRunner(name), CliJson.Default.NewRunner, CliJson.Default.MadeRunner, $"session {sessionId}", cancel);

    public static Task RevokeRunnerAsync(this ServerApi server, string sessionId, string runnerId, CancellationToken cancel) =>
        server.DeleteAsync($"{PathOf(sessionId)}/runners/{Uri.EscapeDataString(runnerId)}", $"session {sessionId}", cancel);

    public static Task<ContextFiles> ContextFilesAsync(this ServerApi server, string sessionId, string resourceId, CancellationToken cancel) =>
        server.GetAsync($"{PathOf(sessionId)}/context/{Uri.EscapeDataString(resourceId)}/files", CliJson.Default.ContextFiles, $"session {sessionId}", cancel);

    public static Task<byte[]> ContextFileAsync(this ServerApi server, string sessionId, string resourceId, string path, CancellationToken cancel) =>
        server.GetBytesAsync(
            $"{PathOf(sessionId)}/context/{Uri.EscapeDataString(resourceId)}/files?path={Uri.EscapeDataString(path)}", $"session {sessionId}", cancel);

    private static string PathOf(string sessionId) => $"api/sessions/{Uri.EscapeDataString(sessionId)}";
}
