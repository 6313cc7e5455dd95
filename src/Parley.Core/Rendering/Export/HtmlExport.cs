using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering.Export;

/// <summary>
/// Writes a session as one HTML file that stands alone: the styles and images are inside, it asks nothing of any network and runs no
/// script, which its own Content-Security-Policy enforces.
/// </summary>
public static class HtmlExport
{
    private static readonly Lazy<string> Styles = new(() => string.Concat(new[] { "tokens.css", "ansi.css", "entry.css", "export.css" }.Select(Resource)));

    /// <summary>Writes the file; the entries are asked for one at a time and nothing of them is kept.</summary>
    public static void Write(SessionHeader header, IEnumerable<Entry> entries, Stream output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        WriteHead(header, new HtmlWriter(buffer));
        var renderer = new EntryRenderer();
        var list = new EntryList(buffer);
        var fragment = new ArrayBufferWriter<byte>();
        long seq = 0;
        foreach (Entry entry in entries)
        {
            fragment.ResetWrittenCount();
            renderer.Render(entry, ++seq, fragment);
            list.Next(seq, entry.Thread, fragment.WrittenSpan);
            WriteSelfContained(fragment.WrittenSpan, entry, buffer);
            output.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }
        list.End();
        buffer.Write("</main><footer class=\"made\">Exported with Parley</footer></body></html>\n"u8);
        output.Write(buffer.WrittenSpan);
    }

    private static void WriteHead(SessionHeader header, HtmlWriter html)
    {
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Styles.Value)));
        html.Markup("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"u8)
            .Text(hash).Markup("'; img-src data:; base-uri 'none'; form-action 'none'\">"u8)
            .Markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>"u8).Text(header.Title)
            .Markup("</title><style>"u8).Markup(Encoding.UTF8.GetBytes(Styles.Value)).Markup("</style></head><body class=\"export\"><header class=\"about\"><h1>"u8)
            .Marked(header.Title).Markup("</h1><p>"u8);
        string[] facts = [header.Project, header.Branch ?? "", header.Model ?? "", header.Date?.ToString("d MMMM yyyy", CultureInfo.InvariantCulture) ?? ""];
        foreach (string fact in facts.Where(f => f.Length > 0))
            html.Markup("<span>"u8).Marked(fact).Markup("</span> "u8);
        html.Markup("</p></header><main>"u8);
    }

    /// <summary>Replaces the addresses of the page: images by their bytes, links to entries by anchors of this file.</summary>
    private static void WriteSelfContained(ReadOnlySpan<byte> fragment, Entry entry, ArrayBufferWriter<byte> output)
    {
        while (fragment.IndexOf(EntryRenderer.BaseMarker) is var at and >= 0)
        {
            bool isSource = fragment[..at].EndsWith("src=\""u8);
            output.Write(fragment[..at]);
            fragment = fragment[(at + EntryRenderer.BaseMarker.Length)..];
            int end = fragment.IndexOf((byte)'"'), anchor = fragment[..end].IndexOf((byte)'#');
            if (isSource)
                WriteImage(fragment[..end], entry, output);
            else
                output.Write(anchor >= 0 ? fragment[anchor..end] : "#"u8);
            fragment = fragment[end..];
        }
        output.Write(fragment);
    }

    // The address is /images/{seq}/{index}.
    private static void WriteImage(ReadOnlySpan<byte> address, Entry entry, ArrayBufferWriter<byte> output)
    {
        int index = int.Parse(address[(address.LastIndexOf((byte)'/') + 1)..], CultureInfo.InvariantCulture);
        if (Images.Find(entry, index) is not var (bytes, info))
            return;
        output.Write("data:"u8);
        output.Write(Encoding.ASCII.GetBytes(info.MediaType));
        output.Write(";base64,"u8);
        Base64.EncodeToUtf8(bytes, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out int written);
        output.Advance(written);
    }

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("styles/" + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
