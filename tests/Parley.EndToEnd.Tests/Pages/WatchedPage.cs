using Microsoft.Playwright;
using Xunit;

namespace Parley.EndToEnd.Tests.Pages;

/// <summary>A page that counts what must not happen: dialogs, violations of the policy, script errors, and requests to anywhere else.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    // Counted in the page itself, where no report can be lost.
    private const string CountViolations = """
        window.violations = [];
        document.addEventListener("securitypolicyviolation", (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
        """;

    private readonly IBrowserContext _context;
    private readonly List<string> _incidents = [];

    private WatchedPage(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    public static async Task<WatchedPage> CreateAsync(IBrowserContext context)
    {
        await context.AddInitScriptAsync(CountViolations);
        var watched = new WatchedPage(context, await context.NewPageAsync());
        watched.Page.Dialog += async (_, dialog) =>
        {
            watched._incidents.Add("dialog: " + dialog.Message);
            await dialog.DismissAsync();
        };
        watched.Page.PageError += (_, error) => watched._incidents.Add("script error: " + error);
        watched.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("http://localhost:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                watched._incidents.Add("request: " + request.Url);
        };
        return watched;
    }

    /// <summary>Asserts that nothing of what is counted has happened.</summary>
    public async Task AssertQuietAsync()
    {
        Assert.Empty(await Page.EvaluateAsync<string[]>("() => window.violations"));
        Assert.Empty(_incidents);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
