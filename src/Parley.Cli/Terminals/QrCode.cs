using System.Collections;
using System.Text;
using QRCoder;

namespace Parley.Cli.Terminals;

/// <summary>A QR code in half blocks: two rows of modules on one line of text, quiet zone included.</summary>
internal static class QrCode
{
    public static void Write(TextWriter output, string text)
    {
        using var generator = new QRCodeGenerator();
        using QRCodeData code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.L);
        List<BitArray> rows = code.ModuleMatrix;
        for (int y = 0; y < rows.Count; y += 2)
        {
            var line = new StringBuilder(rows.Count);
            for (int x = 0; x < rows.Count; x++)
                line.Append(HalfBlock(rows[y][x], y + 1 < rows.Count && rows[y + 1][x]));
            output.WriteLine(line);
        }
    }

    // Light modules are drawn, since most terminals are dark; readers take either kind.
    private static char HalfBlock(bool upperIsDark, bool lowerIsDark) => (upperIsDark, lowerIsDark) switch
    {
        (false, false) => '█',
        (false, true) => '▀',
        (true, false) => '▄',
        (true, true) => ' ',
    };
}
