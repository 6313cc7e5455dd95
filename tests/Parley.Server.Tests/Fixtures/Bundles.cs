using System.Buffers;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Server.Tests.Fixtures;

/// <summary>Bundles to upload, right and wrong ones.</summary>
public static class Bundles
{
    public static Entry Prompt(string text) => Say(Role.User, text);

    public static Entry Answer(string text, Usage? usage = null) => Say(Role.Assistant, text) with { Model = "model-1", Usage = usage };

    public static Entry Say(Role role, string text) => Blocks(role, new { type = "text", text });

    public static Entry Blocks(Role role, params object[] blocks) => new() { Role = role, Blocks = JsonSerializer.SerializeToUtf8Bytes(blocks) };

    public static byte[] Of(IEnumerable<Entry> entries, string title = "A session", string project = "tidewatch")
    {
        var bytes = new ArrayBufferWriter<byte>();
        var bundle = new BundleWriter(bytes);
        bundle.WriteHeader(new SessionHeader { Title = title, Project = project, Branch = "main", Model = "model-1", Agent = "claude-code" });
        foreach (Entry entry in entries)
            bundle.WriteEntry(entry);
        bundle.WriteEnd();
        return bytes.WrittenSpan.ToArray();
    }

    public static ByteArrayContent Content(byte[] bytes, string? encoding = null)
    {
        var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(BundleWriter.MediaType) } };
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    public static ByteArrayContent Content(string text) => Content(Encoding.UTF8.GetBytes(text));

    public static byte[] Compress(byte[] bytes, string encoding)
    {
        var output = new MemoryStream();
        using (Stream stream = encoding == "br" ? new BrotliStream(output, CompressionLevel.Fastest) : new GZipStream(output, CompressionLevel.Fastest))
            stream.Write(bytes);
        return output.ToArray();
    }
}
