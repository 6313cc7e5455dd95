using System.Text;
using System.Threading.Channels;
using Parley.Server.Data;

namespace Parley.Server.Live;

/// <summary>
/// Servers that share a PostgreSQL database, by LISTEN and NOTIFY on one channel. What is said within some milliseconds goes out together: a
/// notification makes commits wait for each other.
/// </summary>
public sealed class PostgresNeighbours(PostgresDatabase database, ILogger<PostgresNeighbours> log) : Neighbours, IHostedService, IDisposable
{
    public const string Channel = "parley_live";

    /// <summary>How long what is said waits for more.</summary>
    public static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(5);

    // PostgreSQL takes 7,999 bytes.
    private const int MaxPayload = 7_900;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly string _name = Guid.NewGuid().ToString("N")[..12];
    private readonly Channel<LiveMessage> _said = System.Threading.Channels.Channel.CreateUnbounded<LiveMessage>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private Task _talking = Task.CompletedTask, _listening = Task.CompletedTask;

    public override void Say(LiveMessage message) => _said.Writer.TryWrite(message);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _talking = Task.Run(TalkAsync, CancellationToken.None);
        _listening = Task.Run(ListenAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Says what is left to say.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _said.Writer.TryComplete();
        await Task.WhenAny(_talking, Task.Delay(Timeout.Infinite, cancellationToken));
        await _stop.CancelAsync();
        await Task.WhenAll(_talking, _listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>The messages as payloads: the sender's name, then a line each. Of several about the same the last counts, and wakes are one.</summary>
    internal static List<string> Payloads(string name, IEnumerable<LiveMessage> messages)
    {
        List<string> payloads = [];
        var payload = new StringBuilder(name).Append('\n');
        var line = new StringBuilder();
        foreach (LiveMessage message in Merge(messages))
        {
            line.Clear();
            message.Write(line);
            if (Encoding.UTF8.GetByteCount($"{payload}{line}") > MaxPayload)
            {
                payloads.Add(payload.ToString());
                payload.Clear().Append(name).Append('\n');
            }
            payload.Append(line);
        }
        payloads.Add(payload.ToString());
        return payloads;
    }

    private static IEnumerable<LiveMessage> Merge(IEnumerable<LiveMessage> messages)
    {
        ILookup<bool, LiveMessage> byKind = messages.ToLookup(m => m.Kind == MessageKind.Delta);
        // What was written comes before the entry that holds it.
        return byKind[true].Concat(byKind[false].GroupBy(m => (m.Kind, m.SessionId, m.Account)).Select(group => group.Key.Kind == MessageKind.Wake
            ? group.First() with { Number = group.Aggregate(0, (flags, m) => flags | m.Number) }
            : group.Last()));
    }

    private async Task TalkAsync()
    {
        List<LiveMessage> messages = [];
        while (await _said.Reader.WaitToReadAsync(_stop.Token))
        {
            await Task.Delay(Coalescing, _stop.Token);
            while (_said.Reader.TryRead(out LiveMessage message))
                messages.Add(message);
            await SendAsync(messages);
            messages.Clear();
        }
    }

    // Until it is sent: the others don't know that they miss something. What was being written is old by then.
    private async Task SendAsync(List<LiveMessage> messages)
    {
        while (messages.Count > 0)
        {
            try
            {
                await database.NotifyAsync(Channel, Payloads(_name, messages), _stop.Token);
                return;
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                log.LogWarning(e, "Other servers could not be told of a change; it is tried again");
                messages.RemoveAll(m => m.Kind is MessageKind.Delta or MessageKind.Typing);
                await Task.Delay(RetryDelay, _stop.Token);
            }
        }
    }

    private async Task ListenAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await database.ListenAsync(Channel, Miss, Hear, _stop.Token);
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                log.LogWarning(e, "Other servers can't be heard; it is tried again");
                await Task.Delay(RetryDelay, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Hear(string payload)
    {
        string[] lines = payload.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines[0] == _name)
            return;
        foreach (string line in lines.Skip(1))
        {
            if (LiveMessage.Read(line) is { } message)
                Hear(lines[0], message);
        }
    }
}
