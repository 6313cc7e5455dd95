using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Parley.Server.Pages;
using QRCoder;

namespace Parley.Server.Tests.Pages;

public sealed partial class QrImageTests
{
    [Fact]
    public void Every_dark_module_is_drawn_and_no_other()
    {
        const string link = "https://parley.example/t/clw_share_example";
        using QRCodeData code = new QRCodeGenerator().CreateQrCode(link, QRCodeGenerator.ECCLevel.L);
        string image = QrImage.Of(link);

        string svg = Encoding.UTF8.GetString(Convert.FromBase64String(image[(image.IndexOf(',', StringComparison.Ordinal) + 1)..]));
        int size = code.ModuleMatrix.Count;
        var drawn = new bool[size, size];
        foreach (Match bar in Bar().Matches(svg))
        {
            int[] numbers = [.. bar.Groups.Values.Skip(1).Select(group => int.Parse(group.Value, CultureInfo.InvariantCulture))];
            for (int x = 0; x < numbers[2]; x++)
                drawn[numbers[1], numbers[0] + x] = true;
        }

        Assert.StartsWith("data:image/svg+xml;base64,", image, StringComparison.Ordinal);
        for (int y = 0; y < size; y++)
            Assert.Equal(code.ModuleMatrix[y].Cast<bool>(), Enumerable.Range(0, size).Select(x => drawn[y, x]));
    }

    [GeneratedRegex(@"M(\d+) (\d+)h(\d+)v1h-\d+z")]
    private static partial Regex Bar();
}
