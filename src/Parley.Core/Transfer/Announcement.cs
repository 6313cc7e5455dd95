using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>What is said of a session before its files: made by the sender, checked by both sides, so that a sender knows what no receiver takes.</summary>
internal static class Announcement
{
    public static SessionMessage Of(PackedSession session) => new(
        session.Id,
        session.Agent,
        new OriginMessage(session.Origin.Home, session.Origin.WorkingDirectory),
        [.. session.Files.Select(file => new AnnouncedFile(file.Name, file.Length))]);

    /// <exception cref="TransferException">It breaks a limit, or has a name that must not become a path.</exception>
    public static void Check(SessionMessage session)
    {
        if (session.Origin.Home?.Length > TransferLimits.PathCharacters || session.Origin.WorkingDirectory?.Length > TransferLimits.PathCharacters)
            throw new TransferException(TransferFailure.TooLong, $"The session was written below a path of more than {TransferLimits.PathCharacters} characters.");
        if (session.Files.Count is 0 or > TransferLimits.FilesPerSession)
            throw TooMuch($"{session.Files.Count} files; 1 to {TransferLimits.FilesPerSession} are taken");
        var names = new SafeNames();
        long total = 0;
        foreach (AnnouncedFile file in session.Files)
        {
            if (file is null)
                throw TransferChannel.Malformed("null for a file");
            names.Add(file.Name);
            if (file.Length is < 0 or > TransferLimits.BytesPerFile || (total += file.Length) > TransferLimits.BytesPerSession)
                throw TooMuch($"more bytes than are taken ({TransferLimits.BytesPerFile} in a file, {TransferLimits.BytesPerSession} in all)");
        }
    }

    /// <summary>A session may have grown since it was offered, but what a person chose by its size does not arrive many times as large.</summary>
    public static void CheckAgainst(OfferedSession offered, SessionMessage session)
    {
        long total = session.Files.Sum(file => file.Length);
        if (total > 2 * offered.Bytes + TransferLimits.GrowthBytes)
            throw TooMuch($"{total} bytes where {offered.Bytes} were offered");
    }

    private static TransferException TooMuch(string what) => new(TransferFailure.TooMuch, $"The session has {what}. Nothing of it was kept.");
}
