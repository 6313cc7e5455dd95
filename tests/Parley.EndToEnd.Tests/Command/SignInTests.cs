using System.Diagnostics;
using System.Net;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>Links that sign a browser in.</summary>
public sealed class SignInTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();
    private readonly HttpClient _browser = new() { DefaultRequestHeaders = { { "Sec-Fetch-Site", "same-origin" } } };

    [Fact]
    public async Task Login_prints_a_link_that_signs_in_once()
    {
        Result login = await _home.RunAsync("login");
        Assert.Matches($@"^{server.Address}/sign-in/[A-Za-z0-9_-]{{43}}\n$", login.Succeeded());
        Assert.Contains("it works once and ends in 10 min", login.Error);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _browser.GetAsync($"{server.Address}/shares")).StatusCode);

        using HttpResponseMessage shares = await _browser.PostAsync(login.Out.Trim(), null);
        Assert.Equal((HttpStatusCode.OK, "/shares"), (shares.StatusCode, shares.RequestMessage!.RequestUri!.AbsolutePath));
        using HttpResponseMessage again = await _browser.PostAsync(login.Out.Trim(), null);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Contains("parley open", await again.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_phone_reads_the_link_from_the_terminal()
    {
        Result login = await _home.RunAsync("login", "--qr");
        Assert.Single(login.Succeeded().TrimEnd().Split('\n'));
        Assert.Contains("▀", login.Error);
    }

    [Fact]
    public async Task Without_a_browser_open_prints_the_link_and_it_leads_to_what_was_asked_for()
    {
        new Written(_home.Sessions, _home.Project).Prompt("only mine").Save();
        string session = (await _home.RunAsync("share", "--private")).Succeeded().Trim();
        Result opened = await _home.RunAsync("open", session);
        Assert.Contains("there is no browser here", opened.Error);

        string page = await (await _browser.PostAsync(opened.Succeeded().Trim(), null)).Content.ReadAsStringAsync();
        Assert.Contains("only mine", page);
    }

    [Fact]
    public async Task Open_starts_the_browser_of_the_machine()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems open links themselves.");
        Task<string> opened = OpenedByDesktop();

        Result result = await _home.RunAsync("open");

        Assert.Empty(result.Succeeded());
        Assert.Contains("opened /shares", result.Error);
        Assert.Matches($@"^{server.Address}/sign-in/[A-Za-z0-9_-]{{43}}\?to=%2Fshares$", await opened.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    public void Dispose()
    {
        _home.Dispose();
        _browser.Dispose();
    }

    // The desktop's opener of this machine writes what it is given into a pipe.
    private Task<string> OpenedByDesktop()
    {
        string pipe = _home.PathOf("opened"), folder = Directory.CreateDirectory(_home.PathOf("bin")).FullName, opener = Path.Combine(folder, "xdg-open");
        File.WriteAllText(opener, $"#!/bin/sh\nprintf %s \"$1\" > '{pipe}'\n");
        using (Process made = Process.Start("/bin/sh", ["-c", $"mkfifo '{pipe}' && chmod +x '{opener}'"]))
            made.WaitForExit();
        _home.Environment["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
        _home.Environment["DISPLAY"] = ":0";
        return Task.Run(() => File.ReadAllText(pipe));
    }
}
