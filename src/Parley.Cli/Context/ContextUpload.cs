using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Parley.Cli.Bridging;
using Parley.Cli.Servers;
using Parley.Core.Context;

namespace Parley.Cli.Context;

/// <summary>
/// Sends what is chosen of this machine to the context of a session, where it is private until it is permitted. What the server has already is not sent
/// again, so that repeating it costs little.
/// </summary>
internal static class ContextUpload
{
    private const int BatchBytes = 8 * 1024 * 1024;

    /// <summary>Sends the chosen folders and memory, and the names of all MCP servers, so that their owner sees what stays private.</summary>
    /// <param name="server">Where the session is.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="sources">Where things are on this machine.</param>
    /// <param name="choice">What is chosen.</param>
    /// <param name="chosen">Files that are taken though they hold secrets, as <see cref="ContextPath.Join"/> writes them.</param>
    /// <param name="progress">Is told of each resource that is there; null for nobody.</param>
    /// <param name="cancel">Ends it; what was sent remains, private.</param>
    /// <exception cref="Failure">Something that is chosen is not there, or the server refused it.</exception>
    public static async Task<IReadOnlyList<SentResource>> SendAsync(
        ServerApi server, string sessionId, ContextSources sources, ContextChoice choice, IReadOnlySet<string> chosen, Action<SentResource>? progress, CancellationToken cancel)
    {
        var sent = new List<SentResource>();
        // All of it is planned before any of it is sent: what can't be shared is said first.
        foreach (ContextSource source in Plan(sources, choice, chosen, cancel))
        {
            sent.Add(await SendAsync(server, sessionId, source, cancel));
            progress?.Invoke(sent[^1]);
        }
        IReadOnlyList<ConfiguredServer> servers = sources.Servers();
        foreach (ConfiguredServer one in servers)
            await server.AddResourceAsync(sessionId, new NewResource(ContextNames.Name(ContextKind.Mcp), one.Name, [], one.IsLocked), cancel);
        if (servers.Any(one => !one.IsLocked))
            BridgeNote.Save(server.Address, sessionId, sources.Project);
        return sent;
    }

    /// <summary>What would be sent.</summary>
    /// <exception cref="Failure">Something that is chosen is not there, or never shared.</exception>
    public static IReadOnlyList<ContextSource> Plan(ContextSources sources, ContextChoice choice, IReadOnlySet<string> chosen, CancellationToken cancel)
    {
        Require(choice.Mcps, sources.Servers());
        return [.. choice.Files.Select(path => sources.Folder(path, chosen, cancel)), .. choice.Memory ? [sources.Memory(cancel)] : Array.Empty<ContextSource>()];
    }

    private static async Task<SentResource> SendAsync(ServerApi server, string sessionId, ContextSource source, CancellationToken cancel)
    {
        SnapshotPlan plan = source.Plan;
        var resource = new NewResource(
            ContextNames.Name(source.Kind), plan.Name, [.. plan.Files.Select(file => new NewFile(file.Path, file.Sha256, file.Size, file.IsChosen))], Locked: false);
        ResourceReceipt receipt = await server.AddResourceAsync(sessionId, resource, cancel);
        var refused = receipt.Refused.ToList();
        var missing = receipt.Missing.ToHashSet();
        foreach (HttpContent contents in Contents(source, missing, compress: !server.Address.IsLoopback))
            refused.AddRange((await server.SendContentsAsync(sessionId, contents, cancel)).Refused);
        return new SentResource(receipt.ResourceId, source.Kind, plan, plan.Files.Count - refused.Count, refused);
    }

    // Each content once, some megabytes at a time.
    private static IEnumerable<HttpContent> Contents(ContextSource source, HashSet<string> missing, bool compress)
    {
        var batch = new MemoryStream();
        foreach (PlannedFile file in source.Plan.Files.Where(file => missing.Remove(file.Sha256)))
        {
            byte[] content = source.Read(file.FullName) ?? [];
            if (Convert.ToHexStringLower(SHA256.HashData(content)) != file.Sha256)
                throw new Failure($"{ContextPath.Join(source.Plan.Name, file.Path)} was changed while it was sent. Do it once more: what was sent already is not sent again.");
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
            batch.Write(length);
            batch.Write(content);
            if (batch.Length < BatchBytes)
                continue;
            yield return Body(batch, compress);
            batch = new MemoryStream();
        }
        if (batch.Length > 0)
            yield return Body(batch, compress);
    }

    private static ByteArrayContent Body(MemoryStream batch, bool compress)
    {
        var body = new ByteArrayContent(compress ? Compress(batch) : batch.ToArray());
        body.Headers.ContentType = new(ContextLimits.ContentsType);
        if (compress)
            body.Headers.ContentEncoding.Add("gzip");
        return body;
    }

    private static byte[] Compress(MemoryStream batch)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
            batch.WriteTo(gzip);
        return output.ToArray();
    }

    private static void Require(IReadOnlyList<string> names, IReadOnlyList<ConfiguredServer> servers)
    {
        foreach (string name in names)
        {
            ConfiguredServer server = servers.FirstOrDefault(one => one.Name == name)
                ?? throw new Failure($"Claude Code has no MCP server '{name}' here. {(servers.Count == 0 ? "It has none" : $"It has {string.Join(", ", servers.Select(one => one.Name))}")}.");
            if (server.IsLocked)
                throw new Failure($"'{name}' is never shared: mail, private messages and passwords stay private.");
        }
    }
}

/// <summary>A resource that is on the server now.</summary>
/// <param name="ResourceId">Its id there.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Plan">What it was made of, with what stayed here.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="Refused">Files that the server did not take.</param>
internal sealed record SentResource(string ResourceId, ContextKind Kind, SnapshotPlan Plan, int Files, IReadOnlyList<RefusedFile> Refused);
