using Parley.Server.Data;

namespace Parley.Server.Live;

/// <summary>Who appends, which the statement that appends asks for, and what else is written in its transaction.</summary>
/// <param name="Condition">What has to be true of the session's row, in SQL.</param>
/// <param name="EndsText">Whether the entries are what was being written: the text that is kept back is in them.</param>
/// <param name="With">
/// Written with the entries, which come after this seq, or not at all: false undoes nothing and appends nothing. The session's row is locked for it.
/// </param>
public sealed record Appending(string Condition, bool EndsText, Func<Connection, long, ValueTask<bool>>? With = null)
{
    /// <summary>The machine that the session came from, for as long as it is no workspace.</summary>
    public static Appending ByMachine { get; } = new("workspace IS NULL", EndsText: true);

    /// <summary>What people write and what happens, beside whoever answers.</summary>
    public static Appending ByPeople { get; } = new("coalesce(workspace, 'open') = 'open'", EndsText: false);

    /// <summary>A turn: what it changes and what it appends are one.</summary>
    public static Appending ByTurn(bool endsText, Func<Connection, long, ValueTask<bool>> with) => new("workspace = 'open'", endsText, with);
}
