using Parley.Core.Transfer;

namespace Parley.Cli.Transfers.Browsing;

/// <summary>What a key made of the browser.</summary>
internal enum Outcome
{
    GoesOn,
    Takes,
    Leaves,
}

/// <summary>Where a person is in an offer: what they search, where they stand, what they marked. Pure: keys in, state out.</summary>
internal sealed class OfferBrowser
{
    /// <summary>Lines of the preview that a page key passes.</summary>
    private const int Page = 8;

    /// <summary>More is not searched for.</summary>
    private const int MaxQuery = 100;

    private readonly IReadOnlyList<OfferedSession> _offer;
    private readonly HashSet<string> _marked = [];

    public OfferBrowser(IReadOnlyList<OfferedSession> offer) => Shown = _offer = offer;

    public string Query { get; private set; } = "";

    /// <summary>The sessions that hold every word of the query, in the offer's order.</summary>
    public IReadOnlyList<OfferedSession> Shown { get; private set; }

    /// <summary>Where in <see cref="Shown"/> the person is.</summary>
    public int Position { get; private set; }

    /// <summary>The first line of the preview that is seen; the screen keeps it within what there is.</summary>
    public int PreviewTop { get; set; }

    public int Offered => _offer.Count;

    public int Marked => _marked.Count;

    public OfferedSession? Current => Shown.Count > 0 ? Shown[Position] : null;

    public bool IsMarked(OfferedSession session) => _marked.Contains(session.Id);

    /// <summary>What was chosen: the marked sessions, or, when none are, the one where the person is.</summary>
    public IReadOnlyList<OfferedSession> Chosen =>
        _marked.Count > 0 ? [.. _offer.Where(IsMarked)] : Current is { } current ? [current] : [];

    public Outcome Press(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return Chosen.Count > 0 ? Outcome.Takes : Outcome.GoesOn;
            case ConsoleKey.Escape when Query.Length == 0:
                return Outcome.Leaves;
            case ConsoleKey.Escape:
                Search("");
                break;
            case ConsoleKey.Tab when Current is { } current:
                Toggle(current);
                Move(Position + 1);
                break;
            case ConsoleKey.A when key.Modifiers.HasFlag(ConsoleModifiers.Control):
                ToggleShown();
                break;
            case ConsoleKey.Backspace:
                Search(Query[..^Math.Min(Query.Length, 1)]);
                break;
            default:
                Go(key);
                break;
        }
        return Outcome.GoesOn;
    }

    private void Go(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.UpArrow: Move(Position - 1); break;
            case ConsoleKey.DownArrow: Move(Position + 1); break;
            case ConsoleKey.Home: Move(0); break;
            case ConsoleKey.End: Move(Shown.Count - 1); break;
            case ConsoleKey.PageUp: PreviewTop = Math.Max(0, PreviewTop - Page); break;
            case ConsoleKey.PageDown: PreviewTop += Page; break;
            default:
                if (!char.IsControl(key.KeyChar) && !key.Modifiers.HasFlag(ConsoleModifiers.Control) && Query.Length < MaxQuery)
                    Search(Query + key.KeyChar);
                break;
        }
    }

    private void Move(int position) =>
        (Position, PreviewTop) = (Math.Clamp(position, 0, Math.Max(0, Shown.Count - 1)), 0);

    // Who narrows the list down stays on the session where they were, as long as it is shown.
    private void Search(string query)
    {
        OfferedSession? before = Current;
        string[] words = query.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Query = query;
        Shown = [.. _offer.Where(session => words.All(word => Holds(session, word)))];
        int kept = Shown.TakeWhile(session => session != before).Count();
        Move(kept < Shown.Count ? kept : 0);
    }

    private static bool Holds(OfferedSession session, string word) =>
        new[] { session.Summary, session.Project, session.Branch ?? "", session.Id }.Any(text => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private void Toggle(OfferedSession session)
    {
        if (!_marked.Remove(session.Id))
            _marked.Add(session.Id);
    }

    private void ToggleShown()
    {
        if (Shown.All(IsMarked))
            _marked.ExceptWith(Shown.Select(session => session.Id));
        else
            _marked.UnionWith(Shown.Select(session => session.Id));
    }
}
