using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Parley.Core.Bridging;
using Parley.Server.Accounts;
using Parley.Server.Context;
using Parley.Server.Data;
using Parley.Server.Live;

namespace Parley.Server.Bridge;

/// <summary>
/// How a call reaches a machine that is connected to another server on the same database: as a row that is sealed, lives for as long as the call, and is taken
/// by the server that has the machine. Wakes say when to look.
/// </summary>
public sealed class CallExchange(Database database, DataKey key, Neighbours neighbours, Wakes wakes, TimeProvider clock)
{
    private const int IdLength = 32;

    /// <summary>Whether there may be other servers at all.</summary>
    public bool HasOthers => neighbours is not NoNeighbours;

    /// <summary>Has another server's machine carry out a call.</summary>
    /// <param name="machineId">The machine.</param>
    /// <param name="call">A <see cref="BridgeMessage.Call"/>.</param>
    /// <param name="cancel">Nobody waits for it any more, and the machine is told so.</param>
    public async Task<ToolAnswer> CallAsync(string machineId, BridgeMessage call, CancellationToken cancel)
    {
        string id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        byte[] box = key.Seal(Encoding.UTF8.GetString(call.ToUtf8()), id);
        if (await database.WriteAsync(
            c => c.ExecuteAsync("INSERT INTO bridge_calls (id, machine_id, call) SELECT $1, id, $3 FROM bridge_machines WHERE id = $2", cancel, id, machineId, box), cancel) == 0)
            return Machine.Gone;
        wakes.Announce(DoorOf(machineId), Wake.Room);
        try
        {
            // A server that has died takes nothing; and a row goes with its machine.
            Pending? found = await WaitAsync(id, Machine.Grace, row => row is not { IsTaken: false }, cancel);
            if (found is { IsTaken: true })
                found = await WaitAsync(id, BridgeLimits.CallTime + (2 * Machine.Grace), row => row is not { Answer: null }, cancel);
            cancel.ThrowIfCancellationRequested();
            return found is null or { IsTaken: false } ? Machine.Gone
                : found.Answer is { } answer && Read(answer, id) is { } said ? new ToolAnswer(said.Text ?? "", said.IsError)
                : Machine.Late(call.Server!);
        }
        finally
        {
            await database.WriteAsync(c => c.ExecuteAsync("DELETE FROM bridge_calls WHERE id = $1", CancellationToken.None, id), CancellationToken.None);
            wakes.Announce(DoorOf(machineId), Wake.Room);
        }
    }

    /// <summary>Carries out what other servers want of a machine that is connected to this one, until it is cancelled.</summary>
    public async Task ServeAsync(Machine machine, CancellationToken cancel)
    {
        Channel<bool> woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using IDisposable watching = wakes.Watch(DoorOf(machine.Id), _ => woken.Writer.TryWrite(true));
        var running = new ConcurrentDictionary<string, CancellationTokenSource>();
        while (await woken.Reader.WaitToReadAsync(cancel) && woken.Reader.TryRead(out bool _))
        {
            List<string> wanted = await database.ReadAsync(c => c.ListAsync("SELECT id FROM bridge_calls WHERE machine_id = $1", row => row.Text(0), cancel, machine.Id), cancel);
            foreach ((string id, CancellationTokenSource end) in running)
                if (!wanted.Contains(id))
                    await end.CancelAsync();
            foreach ((string id, byte[] call) in await TakeAsync(machine.Id, cancel))
            {
                wakes.Announce(DoorOf(id), Wake.Room);
                _ = Task.Run(() => CarryOutAsync(machine, id, call, running, cancel), cancel);
            }
        }
    }

    private async Task CarryOutAsync(Machine machine, string id, byte[] box, ConcurrentDictionary<string, CancellationTokenSource> running, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        running[id] = end;
        try
        {
            if (Read(box, id) is not { Session: { } session, Server: { } server, Tool: { } tool, Input: { } input })
                return;
            ToolAnswer answer = await machine.CallAsync(session, server, tool, input, end.Token);
            var said = new BridgeMessage { Type = BridgeMessage.Answer, Text = answer.Text, IsError = answer.IsError };
            byte[] sealedAnswer = key.Seal(Encoding.UTF8.GetString(said.ToUtf8()), id);
            await database.WriteAsync(c => c.ExecuteAsync("UPDATE bridge_calls SET answer = $2 WHERE id = $1", CancellationToken.None, id, sealedAnswer), CancellationToken.None);
            wakes.Announce(DoorOf(id), Wake.Room);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for it any more.
        }
        finally
        {
            running.TryRemove(id, out _);
        }
    }

    private ValueTask<List<(string Id, byte[] Call)>> TakeAsync(string machineId, CancellationToken cancel) => database.WriteAsync(
        c => c.ListAsync(
            "UPDATE bridge_calls SET is_taken = TRUE WHERE machine_id = $1 AND NOT is_taken RETURNING id, call", row => (row.Text(0), row.Bytes(1)), cancel, machineId),
        cancel);

    // Null when the call is there no more.
    private Task<Pending?> WaitAsync(string id, TimeSpan patience, Func<Pending?, bool> isIt, CancellationToken cancel) => wakes.WaitForAsync(
        DoorOf(id), Wake.Room, patience, clock,
        () => database.ReadAsync(
            c => c.FirstAsync("SELECT is_taken, answer FROM bridge_calls WHERE id = $1", row => new Pending(row.Flag(0), row.BytesOrNull(1)), CancellationToken.None, id),
            CancellationToken.None),
        isIt, cancel);

    private BridgeMessage? Read(byte[] box, string id) => key.Open(box, id) is { } text ? BridgeMessage.Read(Encoding.UTF8.GetBytes(text)) : null;

    // No session's id has such a character.
    private static string DoorOf(string id) => $"bridge/{id}";

    private sealed record Pending(bool IsTaken, byte[]? Answer);
}
