namespace Parley.Server.Pages;

/// <summary>Where a page is.</summary>
/// <param name="Root">Absolute, path prefix included, no slash at the end.</param>
/// <param name="Prefix">The path prefix alone, no slash at the end; empty without one.</param>
/// <param name="Token">The token by which the session is read; null where its own link is used.</param>
/// <param name="IsRoom">Whether it is asked for as the place where people and the agent talk.</param>
public readonly record struct PageAddress(string Root, string Prefix, string? Token = null, bool IsRoom = false)
{
    /// <summary>The path of a session's page.</summary>
    public string OfSession(string id) => Prefix + Page(id);

    /// <summary>The absolute address of a session's page.</summary>
    public string LinkOfSession(string id) => Root + Page(id);

    /// <summary>The path of the page with everything that an owner shares.</summary>
    public string Shares => $"{Prefix}/shares";

    /// <summary>The path of an owner's page of one session.</summary>
    public string OfShares(string id) => $"{Prefix}/shares/{id}";

    /// <summary>The path of the page on which a session's members meet.</summary>
    public string OfWorkspace(string id) => $"{Prefix}/c/{id}";

    /// <summary>The path of the page of a session's people.</summary>
    public string OfPeople(string id) => $"{Prefix}/c/{id}/people";

    private string Page(string id) => Token is not null ? $"/t/{Token}" : IsRoom ? $"/c/{id}" : $"/s/{id}";
}

/// <summary>What the frame of every page needs.</summary>
/// <param name="Assets">The browser's files.</param>
/// <param name="Address">Where the page is.</param>
/// <param name="IsSignedIn">Whether an account reads it, which has an inbox.</param>
public sealed record PageFrame(WebAssets Assets, PageAddress Address, bool IsSignedIn = false)
{
    public string Asset(string name) => $"{Address.Prefix}/assets/{name}";

    public string Home => Address.Prefix + "/";
}

/// <summary>A prompt in the table of prompts.</summary>
public sealed record PromptLine(long Seq, string Text);
