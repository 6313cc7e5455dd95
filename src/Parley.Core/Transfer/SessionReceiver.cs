using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>Takes in one session that was asked for: what is announced, then file by file exactly that.</summary>
internal sealed class SessionReceiver(TransferChannel channel, OfferedSession offered, Staging staging, IProgress<FetchProgress>? progress)
{
    private long _received;
    private long _total;

    public async Task<ReceivedSession> ReceiveAsync(CancellationToken cancel)
    {
        SessionMessage session = await ExpectAsync<SessionMessage>(cancel);
        Check(session);
        staging.RemoveOthers(session.Files.Select(file => file.Name).ToHashSet());
        _total = session.Files.Sum(file => file.Length);
        foreach (AnnouncedFile file in session.Files)
            await ReceiveFileAsync(file, cancel);
        return new ReceivedSession
        {
            Agent = session.Agent,
            Id = session.Id,
            Origin = new SessionOrigin(session.Origin.Home, session.Origin.WorkingDirectory),
            Folder = staging.Folder,
            Files = [.. session.Files.Select(file => file.Name)],
        };
    }

    private void Check(SessionMessage session)
    {
        if (session.Id != offered.Id || session.Agent != offered.Agent)
            throw TransferChannel.Unexpected("another session than the one that was asked for");
        Announcement.Check(session);
        Announcement.CheckAgainst(offered, session);
    }

    private async Task ReceiveFileAsync(AnnouncedFile announced, CancellationToken cancel)
    {
        FileMessage file = await ExpectAsync<FileMessage>(cancel);
        if (file.Name != announced.Name || file.Offset > announced.Length || !staging.Has(file.Name, file.Offset))
            throw TransferChannel.Unexpected("another file, or another part of it, than has its turn");
        Report(file.Offset, file.Name);
        using var arriving = new ArrivingFile(staging, file, announced.Length, bytes => Report(bytes, file.Name));
        DigestMessage digest = As<DigestMessage>(await arriving.ReceiveAsync(channel, cancel));
        if (!arriving.IsComplete)
            throw TransferChannel.Unexpected("the end of a file before all of it");
        if (arriving.Matches(digest.Sha256))
            return;
        staging.Discard(file.Name);
        throw new TransferException(TransferFailure.WrongDigest, "A file is not what the sender's digest says. It was thrown away; run the same command again.");
    }

    private void Report(long bytes, string file) => progress?.Report(new FetchProgress(_received += bytes, _total, file));

    private async Task<T> ExpectAsync<T>(CancellationToken cancel)
        where T : TransferMessage => As<T>(await channel.ReceiveMessageAsync(cancel));

    private T As<T>(TransferMessage message)
        where T : TransferMessage => message switch
        {
            T expected => expected,
            UnavailableMessage unavailable when unavailable.Id == offered.Id => throw ReceivingSide.Unavailable(unavailable),
            _ => throw TransferChannel.Unexpected("a message"),
        };
}
