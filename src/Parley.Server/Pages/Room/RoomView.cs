using Parley.Core.Sessions;
using Parley.Server.Room;

namespace Parley.Server.Pages.Room;

/// <summary>A room as one of its members sees it.</summary>
/// <param name="State">What all of them see beside the entries.</param>
/// <param name="Me">Who looks.</param>
/// <param name="Role">What they are.</param>
/// <param name="Seen">The newest entry that they saw before this visit; null on the first one.</param>
/// <param name="Problem">What was wrong with what they sent; null for nothing.</param>
/// <param name="Draft">The text that was refused.</param>
public sealed record RoomView(RoomState State, Participant Me, MemberRole Role, long? Seen, string? Problem = null, string? Draft = null)
{
    /// <summary>Whether they may write now.</summary>
    public bool MayTalk => State.Mode == "open" && Role >= MemberRole.Suggester;

    public bool MayPrompt => State.Mode == "open" && Role >= MemberRole.Prompter;

    /// <summary>Whether they decide on what the agent asks for.</summary>
    public bool MayApprove => State.Mode == "open" && (IsOwner || Me.Approves);

    public bool IsOwner => Role == MemberRole.Owner;

    /// <summary>Why nothing answers. What is to be done about it, after the first sentence, is the owner's to do.</summary>
    public string? NoRunner => IsOwner ? State.Queue.Why : State.Queue.Why?.Split(". ", 2)[0].TrimEnd('.') + ".";

    public string OwnerName => State.People.Count > 0 ? State.People[0].Name : "the owner";
}
