using Parley.Core.Sessions;

namespace Parley.Core.Headless;

/// <summary>
/// Puts the entries of a turn together: one for each message of the API with all its blocks, and one for the results that follow it. A client tells of
/// results as soon as they are there, which may be before the message that called for them is whole.
/// </summary>
public sealed class AnswerAssembly(TimeProvider clock)
{
    private readonly List<ClientResults> _early = [];
    private Message? _open;

    /// <summary>The entries that this event makes whole, in their order.</summary>
    public IReadOnlyList<Entry> Take(ClientEvent next)
    {
        switch (next)
        {
            case ClientAnswer { Thread: not null } answer:
                return [EntryOf(new Message(answer.MessageId, answer.Model, answer.Thread, [answer.Blocks]), null)];
            case ClientAnswer answer when answer.MessageId == _open?.Id:
                _open.Blocks.Add(answer.Blocks);
                return [];
            case ClientAnswer answer:
                List<Entry> before = Close(null);
                _open = new Message(answer.MessageId, answer.Model, null, [answer.Blocks]);
                return before;
            case ClientResults { Thread: null } results when _open is not null:
                _early.Add(results);
                return [];
            case ClientResults results:
                return [EntryOf(results)];
            case ClientMessageEnded ended:
                return Close(ended.Usage);
            case ClientTurnEnded:
                return Close(null);
            default:
                return [];
        }
    }

    private List<Entry> Close(Usage? usage)
    {
        List<Entry> closed = _open is null ? [] : [EntryOf(_open, usage)];
        closed.AddRange(_early.Select(EntryOf));
        _early.Clear();
        _open = null;
        return closed;
    }

    private Entry EntryOf(Message message, Usage? usage) => new()
    {
        Role = Role.Assistant,
        Model = message.Model,
        Thread = message.Thread,
        Timestamp = clock.GetUtcNow(),
        Usage = usage,
        Blocks = BlockArray.Joined(message.Blocks),
    };

    private Entry EntryOf(ClientResults results) => new() { Role = Role.User, Thread = results.Thread, Timestamp = clock.GetUtcNow(), Blocks = results.Blocks };

    private sealed record Message(string Id, string? Model, string? Thread, List<ReadOnlyMemory<byte>> Blocks);
}
