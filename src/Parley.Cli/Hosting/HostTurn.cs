using System.Collections.Concurrent;
using Parley.Cli.Terminals;
using Parley.Core.Headless;
using Parley.Core.Redaction;
using Parley.Core.Sessions;

namespace Parley.Cli.Hosting;

/// <summary>One turn with the client: what it says goes to the workspace without this machine's secrets and names, what it asks goes to the people, and who interrupts reaches it.</summary>
internal sealed class HostTurn(HostWire wire, TakenTurn turn, HostedClient client, HostRules rules, Redactor redactor, TimeProvider clock) : IDisposable
{
    // In which the client ends a turn that it is told to end.
    private static readonly TimeSpan InterruptPatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _asking = [];
    private readonly List<Task> _answering = [];
    private readonly List<Entry> _waiting = [];
    private readonly AnswerAssembly _assembly = new(clock);
    private readonly DeltaRedactor _deltas = new(redactor);
    private readonly LentTools _lent = new(wire, turn);
    private long _step = turn.Step;
    private bool _isInterrupted, _isLost;

    /// <summary>Runs it to its end.</summary>
    /// <param name="prompt">Content blocks as JSON, UTF-8.</param>
    /// <param name="stopping">The host is to end: the turn is given back.</param>
    public async Task<HostTurnEnd> RunAsync(ReadOnlyMemory<byte> prompt, CancellationToken stopping)
    {
        using CancellationTokenRegistration stop = stopping.Register(_end.Cancel);
        Task watching = WatchAsync();
        try
        {
            await SayAsync(ClientInput.Prompt(prompt));
            return await ListenAsync();
        }
        catch (LeaseLostException)
        {
            return HostTurnEnd.Lost;
        }
        catch (IOException)
        {
            return HostTurnEnd.ClientEnded;
        }
        catch (OperationCanceledException)
        {
            return stopping.IsCancellationRequested ? HostTurnEnd.Stopped
                : _isLost ? HostTurnEnd.Lost
                // The client did not end when it was told to.
                : await FinishAsync(HostTurnEnd.Interrupted, null);
        }
        finally
        {
            await _end.CancelAsync();
            await Task.WhenAll([watching, .. _answering]);
        }
    }

    public void Dispose()
    {
        _end.Dispose();
        _writing.Dispose();
    }

    private async Task<HostTurnEnd> ListenAsync()
    {
        var text = new SpokenText(piece => wire.SayAsync(turn, piece, CancellationToken.None));
        await foreach (ClientEvent said in client.Events.ReadAllAsync(_end.Token))
        {
            switch (said)
            {
                case ClientText written:
                    text.Add(_deltas.Append(written.Text));
                    break;
                case PermissionAsked asked:
                    Answer(asked);
                    break;
                case McpSaid mcp:
                    _answering.RemoveAll(task => task.IsCompleted);
                    _answering.Add(AnswerAsync(mcp));
                    break;
                case PermissionWithdrawn withdrawn:
                    if (_asking.TryRemove(withdrawn.RequestId, out CancellationTokenSource? asking))
                        await asking.CancelAsync();
                    break;
            }
            _waiting.AddRange(_assembly.Take(said).Select(redactor.Redact));
            if (said is ClientTurnEnded ended)
            {
                text.Add(_deltas.Flush());
                await text.FlushAsync();
                return await EndAsync(ended);
            }
            // The last of an answer is kept back: it goes with the turn's end, so that there is no moment between the two.
            if (_waiting.Exists(IsStep))
            {
                text.Add(_deltas.Flush());
                await text.FlushAsync();
                await AppendAsync();
            }
        }
        return _isInterrupted ? await FinishAsync(HostTurnEnd.Interrupted, null) : HostTurnEnd.ClientEnded;
    }

    private Task<HostTurnEnd> EndAsync(ClientTurnEnded ended) =>
        _isInterrupted ? FinishAsync(HostTurnEnd.Interrupted, null)
        : ended.Problem is { } problem ? FinishAsync(HostTurnEnd.Failed, $"the client on the owner's machine says: {redactor.RedactText(DisplayText.OneLine(problem))}")
        : FinishAsync(HostTurnEnd.Answered, null);

    private async Task<HostTurnEnd> FinishAsync(HostTurnEnd outcome, string? reason)
    {
        string name = outcome switch { HostTurnEnd.Answered => "answered", HostTurnEnd.Interrupted => "interrupted", _ => "failed" };
        await wire.FinishAsync(turn, ++_step, _waiting, name, reason, CancellationToken.None);
        return outcome;
    }

    private async Task AppendAsync()
    {
        await wire.AppendAsync(turn, ++_step, _waiting.ToArray(), _end.Token);
        _waiting.Clear();
    }

    private static bool IsStep(Entry entry) => entry.Role == Role.User || entry.Blocks.Span.IndexOf("\"tool_use\""u8) >= 0;

    // Keeps the lease, and passes on that somebody interrupts.
    private async Task WatchAsync()
    {
        try
        {
            while (!_isInterrupted)
                _isInterrupted = await wire.RenewAsync(turn, _end.Token);
            await SayAsync(ClientInput.Interrupt($"interrupt-{turn.TurnId}"));
            _end.CancelAfter(InterruptPatience);
            while (true)
            {
                await wire.RenewAsync(turn, _end.Token);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, _end.Token);
            }
        }
        catch (Exception e) when (e is LeaseLostException or Failure)
        {
            _isLost = true;
            await _end.CancelAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The turn is over, or the client is.
        }
    }

    private void Answer(PermissionAsked asked)
    {
        _answering.RemoveAll(task => task.IsCompleted);
        _answering.Add(AnswerAsync(asked));
    }

    private async Task AnswerAsync(PermissionAsked asked)
    {
        using var withdrawn = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        _asking[asked.RequestId] = withdrawn;
        try
        {
            await SayAsync(rules.RefuseUnasked(asked.Tool) is { } reason ? ClientInput.Deny(asked.RequestId, reason) : await AskAsync(asked, withdrawn.Token));
        }
        catch (OperationCanceledException) when (!_end.IsCancellationRequested)
        {
            await WithdrawAsync(asked.RequestId);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or LeaseLostException or Failure)
        {
            // The turn is over, and so is the question.
        }
        finally
        {
            _asking.TryRemove(asked.RequestId, out _);
        }
    }

    private async Task AnswerAsync(McpSaid mcp)
    {
        try
        {
            await SayAsync(ClientInput.McpAnswer(mcp, await _lent.AnswerAsync(mcp, _end.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or LeaseLostException)
        {
            // The turn is over.
        }
    }

    private async Task<byte[]> AskAsync(PermissionAsked asked, CancellationToken cancel)
    {
        PermissionReply reply;
        do
            reply = await wire.AskAsync(turn, asked, cancel);
        while (reply.State == "waiting");
        return reply.State switch
        {
            "allowed" => ClientInput.Allow(asked),
            "denied" => ClientInput.Deny(asked.RequestId, $"{DisplayText.OneLine(reply.By)} refuses this."),
            "expired" => ClientInput.Deny(asked.RequestId, "Nobody has answered in time. Go on without it, or say what you would need."),
            _ => ClientInput.Deny(asked.RequestId, reply.Reason ?? "This can't be asked for any more."),
        };
    }

    private async Task WithdrawAsync(string requestId)
    {
        try
        {
            await wire.WithdrawAsync(turn, requestId, _end.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or LeaseLostException or Failure)
        {
            // It goes with the turn.
        }
    }

    private async Task SayAsync(byte[] line)
    {
        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            await client.SayAsync(line, CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
    }
}

/// <summary>How a turn has ended for this machine.</summary>
internal enum HostTurnEnd
{
    Answered,
    Interrupted,
    Failed,

    /// <summary>The client has gone in the middle of it, and the workspace was told nothing.</summary>
    ClientEnded,

    /// <summary>The server counts on this machine no more.</summary>
    Lost,

    /// <summary>The host is to end, and the workspace was told nothing.</summary>
    Stopped,
}
