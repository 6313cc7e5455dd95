using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Pages.Room;
using Parley.Server.Sessions;
using Parley.Server.Sharing;

namespace Parley.Server.Pages;

/// <summary>Opens a session's pages by any address: its own link, its room's, or a token that stands in the path.</summary>
public sealed class PageDoor(SessionAccess access, ShareStore shares, AuditTrail trail, TimeProvider clock)
{
    /// <summary>The session that the address leads to and where its page is; null when the caller may not read it by this address.</summary>
    public async ValueTask<OpenedPage?> OpenAsync(HttpContext http)
    {
        PageAddress address = PageResponse.Address(http) with { IsRoom = RoomPages.IsRoom(http) };
        (string id, Caller caller) = ((string)http.GetRouteValue("id")!, http.Caller());
        if (http.GetRouteValue("token") is string token)
        {
            TokenHolder holder = await shares.FindAsync(token, http.RequestAborted);
            (id, caller, address) = (holder.SessionId, holder.Caller, address with { Token = token });
        }
        if (await access.AdmitAsync(id, caller, SessionAction.Read, http.RequestAborted) is not { } admission)
            return null;
        trail.Note(admission.Session, AuditAction.ReadPage, Actor.Of(caller, http));
        return new(admission.Session, address, admission.RoleAt(clock.GetUtcNow()));
    }
}

/// <summary>A session that the caller may read.</summary>
/// <param name="Session">The session.</param>
/// <param name="Address">Where its page is for this caller.</param>
/// <param name="Role">What the caller is in it; null for a mere reader.</param>
public sealed record OpenedPage(SessionRecord Session, PageAddress Address, MemberRole? Role)
{
    /// <summary>Whether the caller is its owner, and reads as such and not by a token.</summary>
    public bool IsOwner => Role == MemberRole.Owner;
}
