using Parley.Server.Sessions;
using Parley.Server.Sharing;

namespace Parley.Server.Pages.Shares;

/// <summary>A link that is to be passed on.</summary>
/// <param name="SessionTitle">What it leads to.</param>
/// <param name="Url">The link, absolute.</param>
/// <param name="Heading">What is being done.</param>
/// <param name="Note">What whoever passes it on should know.</param>
/// <param name="OwnersPage">Where who can read it is changed; null for whoever can't.</param>
public sealed record ShareLink(string SessionTitle, string Url, string Heading, string Note, string? OwnersPage = null)
{
    /// <summary>Whether only this very machine can open it.</summary>
    public bool IsLocal => new Uri(Url).IsLoopback;

    /// <summary>A share as its owner passes it on; it has an address.</summary>
    public static ShareLink Of(SharedSession shared, ShareView share, DateTimeOffset now) => new(
        shared.Session.Title,
        share.Url!,
        share.IsLink ? "Share the link" : $"Share “{NameOf(share)}”",
        share switch
        {
            { IsLink: true } => "Whoever has it can read the session.",
            { ExpiresAt: null } => "Whoever has it can read the session, until you revoke it.",
            _ => $"Whoever has it can read the session: {TimeLeft.Of(share.ExpiresAt, now)}.",
        });

    /// <summary>The link by which a reader is reading.</summary>
    public static ShareLink Of(SessionRecord session, PageAddress address, bool isOwner) => new(
        session.Title,
        address.LinkOfSession(session.Id),
        "Share this session",
        (address.Token, session.IsPublic) switch
        {
            (not null, _) => "Whoever has this link can read the session for as long as you can.",
            (_, true) => "Whoever has the link can read the session.",
            _ => "Only you can open this link: the session is private.",
        },
        isOwner ? address.OfShares(session.Id) : null);

    /// <summary>What a share is called where its owner gave it no name.</summary>
    public static string NameOf(ShareView share) => share switch
    {
        { IsLink: true } => "Public link",
        { Name: { Length: > 0 } name } => name,
        _ => "Token",
    };
}
