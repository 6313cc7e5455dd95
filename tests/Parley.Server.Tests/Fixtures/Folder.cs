using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parley.Core.Context;

namespace Parley.Server.Tests.Fixtures;

/// <summary>A folder of files on an author's machine, and how it is added to a session's context.</summary>
public sealed class Folder(string name, params (string Path, string Text)[] files)
{
    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>What looks like a secret and opens nothing.</summary>
    public static string FakeToken() => "ghp_" + RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 36);

    /// <summary>Uploads it; the resource's id.</summary>
    public async Task<string> AddAsync(RunningServer server, string session, HttpClient? client = null, string kind = "files", params string[] chosen)
    {
        JsonElement receipt = await BeginAsync(server, session, client, kind, chosen);
        string[] missing = [.. receipt.GetProperty("missing").EnumerateArray().Select(digest => digest.GetString()!)];
        if (missing.Length > 0)
            (await SendAsync(client ?? server.Owner, session, [.. files.Select(file => file.Text).Distinct().Where(text => missing.Contains(Digest(text)))])).EnsureSuccessStatusCode();
        return receipt.Text("resourceId");
    }

    /// <summary>Sends its manifest; what the server answers.</summary>
    public async Task<JsonElement> BeginAsync(RunningServer server, string session, HttpClient? client = null, string kind = "files", params string[] chosen)
    {
        using HttpResponseMessage answer = await PostAsync(client ?? server.Owner, session, kind, chosen);
        answer.EnsureSuccessStatusCode();
        return await answer.JsonAsync();
    }

    public Task<HttpResponseMessage> PostAsync(HttpClient client, string session, string kind = "files", params string[] chosen) => client.PostAsJsonAsync(
        $"/api/sessions/{session}/context",
        new
        {
            kind,
            name,
            files = files.Select(file => new { path = file.Path, sha256 = Digest(file.Text), size = Encoding.UTF8.GetByteCount(file.Text), chosen = chosen.Contains(file.Path) }),
        });

    /// <summary>Sends contents in one request.</summary>
    public static Task<HttpResponseMessage> SendAsync(HttpClient client, string session, params string[] contents)
    {
        var body = new MemoryStream();
        byte[] head = new byte[4];
        foreach (byte[] content in contents.Select(Encoding.UTF8.GetBytes))
        {
            BinaryPrimitives.WriteInt32BigEndian(head, content.Length);
            body.Write(head);
            body.Write(content);
        }
        var bytes = new ByteArrayContent(body.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue(ContextLimits.ContentsType) } };
        return client.PostAsync($"/api/sessions/{session}/context/blobs", bytes);
    }
}
