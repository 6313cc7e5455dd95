using System.Text;
using Parley.Core.Takeover;
using Parley.Core.Transfer;
using Xunit;

namespace Parley.Core.Tests.Takeover;

public sealed class PathMappingTests
{
    private const string Jane = "/home/jane.doe", Shop = "/home/jane.doe/work/shop", WindowsJane = @"C:\Users\jane", WindowsShop = @"C:\Users\jane\shop";

    [Theory]
    [InlineData("see /home/jane.doe/work/shop/a.c", "see /srv/theirs/a.c")]
    [InlineData("/home/jane.doe/work/shop", "/srv/theirs")]
    [InlineData("in /home/jane.doe/work/shop.", "in /srv/theirs.")]
    [InlineData("/home/jane.doe/notes", "/home/bob/notes")]
    [InlineData("/home/jane.doe/work/shop2/a", "/home/bob/work/shop2/a")]
    [InlineData("/home/jane.doe2/work", "/home/jane.doe2/work")]
    [InlineData("/mnt/home/jane.doe/x", "/mnt/home/jane.doe/x")]
    [InlineData(@"one\n/home/jane.doe/x\ttwo", @"one\n/home/bob/x\ttwo")]
    [InlineData("{\\\"path\\\":\\\"/home/jane.doe/x\\\"}", "{\\\"path\\\":\\\"/home/bob/x\\\"}")]
    [InlineData(@"\u001b[32m/home/jane.doe/x", @"\u001b[32m/home/bob/x")]
    [InlineData("file:///home/jane.doe/x", "file:///home/bob/x")]
    [InlineData("/home/jane.doe│", "/home/bob│")]
    [InlineData("/home/jane.doeé", "/home/jane.doeé")]
    [InlineData("/home/jane.doe/.claude/projects/-home-jane-doe-work-shop/x", "/home/bob/.claude/projects/-srv-theirs/x")]
    [InlineData("-home-jane-doe-work-shop-2", "-home-bob-work-shop-2")]
    public void Between_systems_of_Unix(string text, string mapped) => Assert.Equal(mapped, Map(text, Jane, Shop, "/home/bob", "/srv/theirs"));

    [Theory]
    [InlineData(@"C:\\Users\\jane\\shop\\src\\a.c\n", "/srv/theirs/src/a.c\\n")]
    [InlineData(@"C:\\\\Users\\\\jane\\\\shop\\\\a.c\\n", @"/srv/theirs/a.c\\n")]
    [InlineData(@"C:\Users\jane\shop\a b", @"/srv/theirs/a b")]
    [InlineData("c:/Users/jane/shop/a.c", "/srv/theirs/a.c")]
    [InlineData("/c/Users/jane/notes", "/home/bob/notes")]
    [InlineData("/mnt/c/Users/jane/notes", "/home/bob/notes")]
    [InlineData(@"D:\\Users\\jane\\shop", @"D:\\Users\\jane\\shop")]
    public void From_Windows_to_Unix(string text, string mapped) => Assert.Equal(mapped, Map(text, WindowsJane, WindowsShop, "/home/bob", "/srv/theirs"));

    [Theory]
    [InlineData("/home/jane.doe/work/shop/a.c", "D:/theirs/a.c")]
    [InlineData("/home/jane.doe/notes", "D:/Users/bob/notes")]
    public void From_Unix_to_Windows(string text, string mapped) => Assert.Equal(mapped, Map(text, Jane, Shop, @"D:\Users\bob", @"D:\theirs"));

    [Theory]
    [InlineData(@"C:\\Users\\jane\\shop\\a.c", @"D:\\theirs\\a.c")]
    [InlineData(@"C:\\\\Users\\\\jane\\\\x", @"D:\\\\Users\\\\bob\\\\x")]
    [InlineData("/c/Users/jane/x", "/d/Users/bob/x")]
    public void Between_systems_of_Windows(string text, string mapped) => Assert.Equal(mapped, Map(text, WindowsJane, WindowsShop, @"D:\Users\bob", @"D:\theirs"));

    [Theory]
    [InlineData("/")]
    [InlineData("relative/path")]
    [InlineData("/a/../b")]
    [InlineData(@"C:\")]
    [InlineData("/with\nline")]
    [InlineData("")]
    public void What_is_no_folder_is_not_mapped(string folder) => Assert.Equal("a / b C:\\ /a/../b", Map("a / b C:\\ /a/../b", folder, folder, "/home/bob", "/srv/theirs"));

    private static string Map(string text, string home, string project, string toHome, string toProject)
    {
        var folders = new FolderMapping(new SessionOrigin(home, project), MachinePath.TryParse(toProject)!, MachinePath.TryParse(toHome + (toHome.Contains('\\') ? @"\.claude" : "/.claude")), MachinePath.TryParse(toHome), ".claude");
        var output = new MemoryStream();
        folders.Mapper("id", "id").Write(Encoding.UTF8.GetBytes(text), output);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
