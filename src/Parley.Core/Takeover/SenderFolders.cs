using Parley.Core.Redaction.Personal;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover;

/// <summary>Where a session was written.</summary>
internal static class SenderFolders
{
    // A transcript that was written elsewhere tells of the home there.
    public static SessionOrigin Of(TranscriptInfo session) => new(
        (session.WorkingDirectory is { } place ? HomeFolder.Of(place) : null) ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        session.WorkingDirectory);
}
