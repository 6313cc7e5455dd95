using System.Buffers;
using System.Text;
using Parley.Core.Rendering.Code;

namespace Parley.Core.Rendering;

/// <summary>A whole file as HTML, with its lines numbered; each is the target of a link, <c>#L12</c>.</summary>
public static class FileHtml
{
    /// <param name="path">Its name tells the language.</param>
    /// <param name="text">Its text.</param>
    public static string Of(string path, string text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length * 2);
        CodeHtml.WriteFile(text.ReplaceLineEndings("\n"), Languages.OfFile(path), new HtmlWriter(output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
