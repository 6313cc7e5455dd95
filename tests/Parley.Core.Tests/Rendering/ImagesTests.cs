using AngleSharp.Dom;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Xunit;
using static Parley.Core.Tests.Rendering.Rendered;

namespace Parley.Core.Tests.Rendering;

public sealed class ImagesTests
{
    private static readonly byte[] Png = [0x89, .. "PNG\r\n\x1a\n"u8, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 64, 0, 0, 0, 48, 8, 2, 0, 0, 0];

    public static TheoryData<byte[], string, int, int> Headers => new()
    {
        { Png, "image/png", 64, 48 },
        { [.. "GIF89a"u8, 10, 0, 20, 0, 0], "image/gif", 10, 20 },
        { [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17, 8, 0, 30, 0, 40, 3, 1], "image/jpeg", 40, 30 },
        { [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 99, 0, 0, 49, 0, 0, 0, 0], "image/webp", 100, 50 },
        { [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBPVP8L"u8, 5, 0, 0, 0, 0x2f, 0x63, 0x40, 0x0c, 0, 0, 0, 0, 0, 0], "image/webp", 100, 50 },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void The_first_bytes_say_what_an_image_is_and_how_large(byte[] file, string type, int width, int height)
    {
        Assert.Equal(new ImageInfo(type, width, height), Images.Sniff(file));
    }

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("<html>")]
    [InlineData("%PDF-1.7")]
    [InlineData("")]
    public void Everything_else_is_no_image(string file)
    {
        Assert.Null(Images.Sniff(System.Text.Encoding.UTF8.GetBytes(file)));
    }

    [Fact]
    public void Images_are_numbered_through_the_entry_and_through_results()
    {
        Entry entry = Entry(Role.User, Block(Png), new { type = "tool_result", tool_use_id = "x", content = new[] { Block("<svg/>"u8.ToArray()), Block(Png) } });

        IElement article = Article(entry);

        Assert.Equal(["<base>/images/1/0", "<base>/images/1/2"], article.QuerySelectorAll("img").Select(i => i.GetAttribute("src")));
        Assert.Equal("64", article.QuerySelectorAll("img")[0].GetAttribute("width"));
        Assert.Equal(Png, Images.Find(entry, 2)!.Value.Bytes);
        Assert.Null(Images.Find(entry, 1));
        Assert.Null(Images.Find(entry, 3));
    }

    [Fact]
    public void What_the_sender_calls_an_image_does_not_matter()
    {
        Entry entry = Entry(Role.User, new { type = "image", source = new { type = "base64", media_type = "image/svg+xml\" onload=\"x", data = Convert.ToBase64String(Png) } });

        Assert.Equal("image/png", Images.Find(entry, 0)!.Value.Info.MediaType);
        Assert.DoesNotContain("svg", Html(entry), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_from_elsewhere_is_not_fetched()
    {
        Assert.DoesNotContain("example.org", Html(Entry(Role.User, new { type = "image", source = new { type = "url", url = "https://example.org/x.png" } })), StringComparison.Ordinal);
    }

    private static object Block(byte[] data) => new { type = "image", source = new { type = "base64", media_type = "image/png", data = Convert.ToBase64String(data) } };
}
