using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>The sender's side of one connection: offers sessions, and gives those that the receiver asks for.</summary>
/// <param name="channel">To the receiver; stays the caller's to dispose.</param>
/// <param name="offer">What may be asked for, the newest first.</param>
/// <param name="pack">Opens a session by its id. An I/O error of it or of its files is told to the receiver, who may ask for another.</param>
/// <param name="preview">A session's conversation as plain text, by its id.</param>
public sealed class SendingSide(
    TransferChannel channel,
    IReadOnlyList<OfferedSession> offer,
    Func<string, CancellationToken, Task<PackedSession>> pack,
    Func<string, CancellationToken, Task<string>> preview)
{
    private readonly HashSet<string> _offered = [.. offer.Select(session => session.Id)];
    private readonly List<string> _delivered = [];
    private readonly HashSet<string> _sent = [];
    private IProgress<SendEvent>? _progress;

    /// <summary>Serves the receiver until it says goodbye or its connection ends.</summary>
    /// <exception cref="TransferException">It breaks the protocol, or ended the transfer for a reason that it gives.</exception>
    public async Task<SendOutcome> RunAsync(IProgress<SendEvent>? progress = null, CancellationToken cancel = default)
    {
        _progress = progress;
        try
        {
            foreach (OfferMessage page in OfferPages.Split(offer))
                await channel.SendAsync(page, cancel);
            while (await channel.ReceiveMessageWheneverAsync(cancel) is var message and not GoodbyeMessage)
                await AnswerAsync(message, cancel);
            return new SendOutcome(_delivered, Complete: true);
        }
        catch (TransferException e) when (e.Failure == TransferFailure.CutOff)
        {
            return new SendOutcome(_delivered, Complete: false);
        }
        catch (TransferException e)
        {
            await channel.SendErrorAsync(e, cancel);
            throw;
        }
    }

    private Task AnswerAsync(TransferMessage message, CancellationToken cancel) => message switch
    {
        PreviewMessage { Id: var id } => OrUnavailableAsync(id, () => PreviewAsync(id, cancel), cancel),
        ChooseMessage choice => OrUnavailableAsync(choice.Id, () => GiveAsync(choice, cancel), cancel),
        WholeMessage { Id: var id } when _sent.Remove(id) => Delivered(id),
        _ => throw TransferChannel.Unexpected("a message"),
    };

    private async Task OrUnavailableAsync(string id, Func<Task> answer, CancellationToken cancel)
    {
        if (await ProblemAsync(id, answer) is not { } problem)
            return;
        await channel.SendAsync(new UnavailableMessage(id, problem), cancel);
        _progress?.Report(new SessionUnavailable(id, problem));
    }

    private async Task<string?> ProblemAsync(string id, Func<Task> answer)
    {
        if (!_offered.Contains(id))
            return "It is not offered.";
        try
        {
            await answer();
            return null;
        }
        catch (TransferException e) when (e.Failure is TransferFailure.UnsafeName or TransferFailure.TooMuch or TransferFailure.TooLong)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "The sender can't read it: its files changed or went away meanwhile.";
        }
    }

    private async Task PreviewAsync(string id, CancellationToken cancel)
    {
        string text = await preview(id, cancel);
        await channel.SendAsync(new PreviewedMessage(id, Preview.Cut(text)), cancel);
        _progress?.Report(new SessionPreviewed(id));
    }

    private async Task GiveAsync(ChooseMessage choice, CancellationToken cancel)
    {
        if (choice.Have.Any(part => part is null))
            throw TransferChannel.Malformed("null for a part of a file");
        using PackedSession session = await pack(choice.Id, cancel);
        SessionMessage announced = Announcement.Of(session);
        Announcement.Check(announced);
        var progress = new SessionSent(choice.Id, session.Files.Sum(file => file.Length), _progress);
        await channel.SendAsync(announced, cancel);
        ILookup<string, PartMessage> parts = choice.Have.ToLookup(part => part.Name);
        foreach (PackedFile file in session.Files)
            await new FileSender(channel, file, progress).SendAsync(parts[file.Name].FirstOrDefault(), cancel);
        _sent.Add(choice.Id);
    }

    private Task Delivered(string id)
    {
        _delivered.Add(id);
        _progress?.Report(new SessionDelivered(id));
        return Task.CompletedTask;
    }
}

/// <summary>Counts what goes out of one session, and tells it.</summary>
internal sealed class SessionSent
{
    private readonly string _id;
    private readonly long _bytes;
    private readonly IProgress<SendEvent>? _progress;
    private long _sent;

    public SessionSent(string id, long bytes, IProgress<SendEvent>? progress)
    {
        (_id, _bytes, _progress) = (id, bytes, progress);
        progress?.Report(new SessionChosen(id, bytes));
    }

    public void Add(long bytes) => _progress?.Report(new SessionProgress(_id, _sent += bytes, _bytes));
}
