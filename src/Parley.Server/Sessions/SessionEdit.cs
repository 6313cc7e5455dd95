using Parley.Server.Intake;

namespace Parley.Server.Sessions;

/// <summary>What a person may change of a session; what is left out stays.</summary>
/// <param name="Title">The new title; it is redacted like everything that comes in.</param>
/// <param name="ExpiresIn">Seconds from now until it is gone; 0 for never.</param>
/// <param name="IsPublic">Whether its link alone lets anyone read it.</param>
/// <param name="Live">Whether it goes on; false ends it.</param>
public sealed record SessionEdit(string? Title, long? ExpiresIn, bool? IsPublic = null, bool? Live = null)
{
    /// <summary>What is wrong with it; null for nothing.</summary>
    internal string? Problem => Title is not null && string.IsNullOrWhiteSpace(Title) ? "A title is not empty." : Expiry.Problem(ExpiresIn);

    internal string TitleFor(SessionRecord session) =>
        Title is null ? session.Title : Field.Clean(ArrivalRedactor.OfTitle().RedactText(Title));

    internal LiveState? LiveState => Live switch { true => Sessions.LiveState.Live, false => Sessions.LiveState.Ended, null => null };

    internal DateTimeOffset? ExpiryFor(SessionRecord session, DateTimeOffset now) =>
        ExpiresIn is { } seconds ? now + Expiry.After(seconds) : session.ExpiresAt;
}
