using System.Text.Json;
using Parley.Cli.Servers;

namespace Parley.Cli.Context;

/// <summary>The part of the server's interface that is about what a workspace's agent may use.</summary>
internal static class ContextApi
{
    public static Task<SharedContext> ContextAsync(this ServerApi server, string sessionId, CancellationToken cancel) =>
        server.GetAsync(PathOf(sessionId), CliJson.Default.SharedContext, Subject(sessionId), cancel);

    public static Task<ResourceReceipt> AddResourceAsync(this ServerApi server, string sessionId, NewResource resource, CancellationToken cancel) =>
        server.PostAsync(PathOf(sessionId), resource, CliJson.Default.NewResource, CliJson.Default.ResourceReceipt, Subject(sessionId), cancel);

    public static async Task<ContentsReceipt> SendContentsAsync(this ServerApi server, string sessionId, HttpContent contents, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{PathOf(sessionId)}/blobs") { Content = contents };
        return await server.SendAsync(request, CliJson.Default.ContentsReceipt, Subject(sessionId), cancel);
    }

    public static async Task<SharedResource> PermitAsync(this ServerApi server, string sessionId, string resourceId, string permission, CancellationToken cancel)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new NewPermission(permission), CliJson.Default.NewPermission);
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"{PathOf(sessionId)}/{Uri.EscapeDataString(resourceId)}")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
        };
        return await server.SendAsync(request, CliJson.Default.SharedResource, Subject(sessionId), cancel);
    }

    public static Task RemoveResourceAsync(this ServerApi server, string sessionId, string resourceId, CancellationToken cancel) =>
        server.DeleteAsync($"{PathOf(sessionId)}/{Uri.EscapeDataString(resourceId)}", Subject(sessionId), cancel);

    public static Task<SharedFileList> FilesAsync(this ServerApi server, string sessionId, string resourceId, CancellationToken cancel) =>
        server.GetAsync($"{PathOf(sessionId)}/{Uri.EscapeDataString(resourceId)}/files", CliJson.Default.SharedFileList, Subject(sessionId), cancel);

    private static string PathOf(string sessionId) => $"api/sessions/{Uri.EscapeDataString(sessionId)}/context";

    private static string Subject(string sessionId) => $"session {sessionId}";
}
