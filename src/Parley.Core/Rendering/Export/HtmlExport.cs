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
        var part = new Part(header, output, new EntryRenderer(), []);
        long seq = 0;
        foreach (Entry entry in entries)
            part.Add(entry, ++seq);
        part.End(next: null);
    }

    /// <summary>Writes files that lead to one another, for a session of which no browser would show the whole at once.</summary>
    /// <param name="header">The head of each.</param>
    /// <param name="entries">All entries.</param>
    /// <param name="rewinds">What the person went back behind, which is folded away.</param>
    /// <param name="open">Opens the part with a number, from 1; it is closed here.</param>
    /// <param name="nameOf">What a part is called for a link from the others, which lie beside it.</param>
    /// <param name="partBytes">A part ends with the entry that makes it larger than this.</param>
    public static void WriteParts(
        SessionHeader header, IEnumerable<Entry> entries, IReadOnlyList<Rewind> rewinds, Func<int, Stream> open, Func<int, string> nameOf, long partBytes)
    {
        var renderer = new EntryRenderer();
        Stream output = open(1);
        try
        {
            var part = new Part(header, output, renderer, rewinds);
            int number = 1;
            long seq = 0;
            foreach (Entry entry in entries)
            {
                if (part.Length > partBytes)
                {
                    part.End(nameOf(++number));
                    output.Dispose();
                    output = open(number);
                    part = new Part(header, output, renderer, rewinds);
                }
                part.Add(entry, ++seq);
            }
            part.End(next: null);
        }
        finally
        {
            output.Dispose();
        }
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

    /// <summary>One file.</summary>
    private sealed class Part
    {
        private readonly ArrayBufferWriter<byte> _buffer = new();
        private readonly ArrayBufferWriter<byte> _fragment = new();
        private readonly Stream _output;
        private readonly EntryRenderer _renderer;
        private readonly EntryList _list;

        public Part(SessionHeader header, Stream output, EntryRenderer renderer, IReadOnlyList<Rewind> rewinds)
        {
            (_output, _renderer) = (output, renderer);
            _list = new EntryList(_buffer, rewinds);
            WriteHead(header, new HtmlWriter(_buffer));
        }

        public long Length { get; private set; }

        public void Add(Entry entry, long seq)
        {
            _fragment.ResetWrittenCount();
            _renderer.Render(entry, seq, _fragment);
            _list.Next(seq, entry.Thread, _fragment.WrittenSpan);
            WriteSelfContained(_fragment.WrittenSpan, entry, _buffer);
            Flush();
        }

        public void End(string? next)
        {
            _list.End();
            if (next is not null)
                new HtmlWriter(_buffer).Markup("<p class=\"happened\"><a"u8).Attribute("href"u8, next).Markup(">Go on with the next part</a></p>"u8);
            _buffer.Write("</main><footer class=\"made\">Exported with Parley</footer></body></html>\n"u8);
            Flush();
        }

        private void Flush()
        {
            _output.Write(_buffer.WrittenSpan);
            Length += _buffer.WrittenCount;
            _buffer.ResetWrittenCount();
        }
    }
}
