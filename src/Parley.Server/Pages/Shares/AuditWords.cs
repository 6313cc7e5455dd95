using Parley.Server.Audit;
using Parley.Server.Sharing;

namespace Parley.Server.Pages.Shares;

/// <summary>The audit trail in sentences.</summary>
public static class AuditWords
{
    public static string Of(AuditEntry happened) => happened.What switch
    {
        "readPage" => "read its page",
        "readMessages" => "read its entries",
        "readBundle" => "downloaded all of it",
        "streamOpened" => "began to watch it",
        "streamClosed" => "stopped watching it",
        "shared" => $"opened {Share(happened)}",
        "revoked" => $"revoked {Share(happened)}",
        "promoted" => "made it a shared workspace",
        "edited" when happened.Detail is { } share => $"changed when the {share} ends",
        "edited" => "changed it",
        "contextAdded" => $"uploaded {happened.Detail}",
        "contextPermitted" => $"set who may use {happened.Detail}",
        "contextRemoved" => $"removed {happened.Detail}",
        "contextOpened" => $"opened {happened.Detail}",
        "closed" => "closed the workspace",
        "contextUsed" => $"let the agent use {happened.Detail}",
        "invited" => $"invited {happened.Detail}",
        "invitationWithdrawn" => $"withdrew the invitation of {happened.Detail}",
        "joined" => $"joined as a {happened.Detail}",
        "roleChanged" => $"made {happened.Detail}",
        "removed" => $"removed {happened.Detail}",
        "left" => "left",
        "handedOn" => $"made {happened.Detail} the owner",
        "permissionAsked" => $"had the agent ask for {happened.Detail}",
        "permissionAllowed" => $"allowed {happened.Detail}",
        "permissionDenied" => $"denied {happened.Detail}",
        "permissionExpired" => $"got no answer in time about {happened.Detail}",
        "approverMade" => $"let {happened.Detail} decide on what the agent asks for",
        "approverEnded" => $"no longer lets {happened.Detail} decide on what the agent asks for",
        "hostAdded" => $"let the machine {happened.Detail} answer",
        "hostRevoked" => $"stopped the machine {happened.Detail} from answering",
        var other => other,
    };

    private static string Share(AuditEntry happened) => happened.Detail switch
    {
        null => "a share",
        SessionSharing.LinkId => "the public link",
        var token => $"the {token}",
    };
}
