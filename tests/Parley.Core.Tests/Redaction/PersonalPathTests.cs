using Parley.Core.Redaction;
using Parley.Core.Redaction.Personal;
using Xunit;

namespace Parley.Core.Tests.Redaction;

/// <summary>A labelled set of paths and names: what tells who somebody is goes, what only resembles it stays.</summary>
public sealed class PersonalPathTests
{
    private static readonly RedactionOptions Jane = new()
    {
        HomeFolders = ["/home/jane.doe", "/srv/people/jane", @"D:\Profiles\jane"],
        ProjectFolders = ["/home/jane.doe/code/shop", "/srv/builds/shop", @"C:\work\shop"],
        UserNames = ["janedoe", "al", "admin"],
        HostNames = ["janes-mbp", "localhost"],
    };

    [Theory]
    [InlineData("/home/bob/x.txt", "~/x.txt")]
    [InlineData("cd /home/bob", "cd ~")]
    [InlineData("cd /home/bob.", "cd ~.")]
    [InlineData("\"/home/bob/a b\"", "\"~/a b\"")]
    [InlineData("gcc -I/home/bob/include", "gcc -I~/include")]
    [InlineData("PATH=/home/bob/bin:/usr/bin", "PATH=~/bin:/usr/bin")]
    [InlineData("scp host:/home/bob/x .", "scp host:~/x .")]
    [InlineData("file:///home/bob/x", "file://~/x")]
    [InlineData("/var/home/bob/x", "~/x")]
    [InlineData("/Users/bob/Library", "~/Library")]
    [InlineData("/System/Volumes/Data/Users/bob/x", "~/x")]
    [InlineData(@"C:\Users\bob\x", @"~\x")]
    [InlineData(@"C:\\Users\\bob\\x", @"~\\x")]
    [InlineData(@"C:\\\\Users\\\\bob\\\\x", @"~\\\\x")]
    [InlineData(@"c:\users\nathan\notes", @"~\notes")]
    [InlineData(@"C:\Users\Bob Smith\Documents", @"~\Documents")]
    [InlineData("C:/Users/bob/x", "~/x")]
    [InlineData("/c/Users/bob/x", "~/x")]
    [InlineData("/mnt/c/Users/bob/x", "~/x")]
    [InlineData("%2Fhome%2Fbob%2Fx", "~%2Fx")]
    [InlineData(@"\\wsl$\Ubuntu\home\bob\code", @"~\code")]
    [InlineData(@"\\wsl.localhost\Ubuntu-24.04\home\bob\code", @"~\code")]
    [InlineData("/Volumes/Data/Users/bob/x", "~/x")]
    [InlineData("vscode-remote://ssh-remote+build-7/home/bob/x", "vscode-remote://ssh-remote+build-7~/x")]
    [InlineData("vscode-remote://wsl%2Bubuntu/home/bob/x", "vscode-remote://wsl%2Bubuntu~/x")]
    [InlineData(@"""C:\Users\Bob Smith""", @"""~""")]
    [InlineData(@"C:\Users\Bob van Smith\x", @"~\x")]
    [InlineData("/Users/Bob/Library", "~/Library")]
    [InlineData("RUN \u001b[90m/home/bob/x\u001b[39m", "RUN \u001b[90m~/x\u001b[39m")]
    [InlineData(@"\u001b[1;90m/home/bob/x", @"\u001b[1;90m~/x")]
    [InlineData("[90m/home/bob/x", "[90m~/x")]
    [InlineData("[info]/home/bob/x", "[info]~/x")]
    [InlineData("\u001b[m/home/bob/x", "\u001b[m~/x")]
    [InlineData("~/.claude/projects/-home-bob-code-x/a.jsonl", "~/.claude/projects/-~-code-x/a.jsonl")]
    [InlineData("projects/C--Users-bob-code", "projects/-~-code")]
    [InlineData("projects/-Users-bob-code", "projects/-~-code")]
    public void Homes_in_their_well_known_places_become_a_tilde(string text, string expected) =>
        Assert.Equal(expected, Redacted(text, new RedactionOptions()));

    [Theory]
    [InlineData("/home/jane.doe/x", "~/x")]
    [InlineData("/srv/people/jane/x", "~/x")]
    [InlineData(@"D:\Profiles\jane\x", @"~\x")]
    [InlineData(@"D:\\Profiles\\jane\\x", @"~\\x")]
    [InlineData("/home/jane.doe/code/shop/src/a.ts", "./src/a.ts")]
    [InlineData("/home/jane.doe/code/shop", ".")]
    [InlineData("/home/jane.doe/code/shop.", "..")]
    [InlineData("/home/jane.doe/code/shopping", "~/code/shopping")]
    [InlineData("/srv/builds/shop/a", "./a")]
    [InlineData(@"C:\work\shop\a", @".\a")]
    [InlineData("projects/-home-jane-doe-code-shop", "projects/-~-code-shop")]
    [InlineData("janedoe pushed", "user pushed")]
    [InlineData("\u001b[32mjanedoe\u001b[0m pushed", "\u001b[32muser\u001b[0m pushed")]
    [InlineData("by <janedoe@example.org>", "by <user@example.org>")]
    [InlineData("janedoe@janes-mbp:~$ ls", "user@host:~$ ls")]
    [InlineData("JANEDOE", "user")]
    public void The_folders_and_names_of_this_machine_go(string text, string expected) => Assert.Equal(expected, Redacted(text, Jane));

    [Theory]
    [InlineData("https://example.com/home/about")]
    [InlineData("GET /home HTTP/1.1")]
    [InlineData("a homeless user's home/work balance")]
    [InlineData("/Users/Shared/x")]
    [InlineData(@"C:\Users\Public\x")]
    [InlineData("/api/users/17")]
    [InlineData("/rooted/x")]
    [InlineData("/root/.ssh")]
    [InlineData("/home/user/app")]
    [InlineData("/home/username/app")]
    [InlineData("/Users/you/app")]
    [InlineData("C:\\Users\\<name>\\x")]
    [InlineData("/home/foo/lib")]
    [InlineData("the page /Users/List")]
    [InlineData("fuser -km /home\\fP")]
    [InlineData("\\-h, \\-\\-home-phone")]
    [InlineData("and/root")]
    [InlineData("the-home-page")]
    [InlineData("janedoex xjanedoe jane_janedoe_x al admin localhost")]
    public void What_only_resembles_a_home_or_a_name_stays(string text) => Assert.Equal(text, Redacted(text, Jane));

    [Theory]
    [InlineData("cd /root/code", "cd ~/code")]
    [InlineData("projects/-root-code/a.jsonl", "projects/-~-code/a.jsonl")]
    [InlineData("display -root -size 9", "display -root -size 9")]
    [InlineData("\\fB\\-\\-preserve\\-root\\fR", "\\fB\\-\\-preserve\\-root\\fR")]
    public void The_home_of_root_is_a_folder_and_not_an_option(string text, string expected) =>
        Assert.Equal(expected, Redacted(text, new RedactionOptions { HomeFolders = ["/root"] }));

    [Theory]
    [InlineData("/home/jane.doe/code", "/home/jane.doe")]
    [InlineData("/root/code", "/root")]
    [InlineData("/home/jane.doe", "/home/jane.doe")]
    [InlineData("/var/home/jane/home/x", "/var/home/jane")]
    [InlineData("/Users/jane/code", "/Users/jane")]
    [InlineData("/mnt/c/Users/jane/code", "/mnt/c/Users/jane")]
    [InlineData(@"C:\Users\Jane Doe", @"C:\Users\Jane Doe")]
    [InlineData(@"c:\users\jane\code", @"c:\users\jane")]
    [InlineData("/srv/home/jane", null)]
    [InlineData("/home", null)]
    [InlineData("/Users/Shared/x", null)]
    [InlineData("/users/x", null)]
    [InlineData(@"C:\losers\jane", null)]
    [InlineData("/é/home/jane", null)]
    [InlineData("-home-jane-x", null)]
    [InlineData("", null)]
    public void A_path_tells_whose_home_it_lies_in(string path, string? home) => Assert.Equal(home, HomeFolder.Of(path));

    private static string Redacted(string text, RedactionOptions options) => new Redactor(options).RedactText(text);
}
