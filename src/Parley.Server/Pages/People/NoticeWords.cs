using Parley.Server.Notices;

namespace Parley.Server.Pages.People;

/// <summary>What notices say behind the name of whoever caused them.</summary>
public static class NoticeWords
{
    public static string Of(SeenNotice notice) => notice.Kind switch
    {
        "invited" => "invites you",
        "joined" => "has joined",
        "madeOwner" => "made you the owner",
        "mentioned" => "mentioned you",
        "suggested" => "suggests a prompt",
        var other => other,
    };
}
