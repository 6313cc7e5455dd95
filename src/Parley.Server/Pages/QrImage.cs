using System.Collections;
using System.Globalization;
using System.Text;
using QRCoder;

namespace Parley.Server.Pages;

/// <summary>A QR code as an image that stands in the page itself, so that no other request carries the link.</summary>
public static class QrImage
{
    /// <summary>The <c>data:</c> address of an SVG: black on white in any theme, quiet zone included.</summary>
    public static string Of(string text)
    {
        using var generator = new QRCodeGenerator();
        using QRCodeData code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.L);
        return "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(Svg(code.ModuleMatrix)));
    }

    // One path of bars: each row's dark modules, joined where they touch.
    private static string Svg(List<BitArray> rows)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {rows.Count} {rows.Count}\" shape-rendering=\"crispEdges\">");
        svg.Append("<path fill=\"#fff\" d=\"M0 0h").Append(rows.Count).Append('v').Append(rows.Count).Append("H0z\"/><path d=\"");
        for (int y = 0; y < rows.Count; y++)
        {
            for (int x = 0, end; x < rows.Count; x = end)
            {
                for (end = x + 1; end < rows.Count && rows[y][end] == rows[y][x];)
                    end++;
                if (rows[y][x])
                    svg.Append(CultureInfo.InvariantCulture, $"M{x} {y}h{end - x}v1h-{end - x}z");
            }
        }
        return svg.Append("\"/></svg>").ToString();
    }
}
