using System.Globalization;
using Parley.Core.Transcripts;

namespace Parley.Cli.Live;

/// <summary>
/// What of a followed transcript is on the server, and what has to go there next. It knows places and digests and never content, and does
/// nothing itself.
/// </summary>
/// <remarks>An item is an entry of the transcript or a mark that a part of it was rewound; each takes a place of its own (seq) on the server.</remarks>
internal sealed class LiveLog
{
    private const int Unknown = 0, StaysHere = -1;

    private readonly List<SentItem> _sent = [];

    // By number: the place on the server, or one of the above.
    private readonly List<int> _seqs = [];
    private readonly LinkedList<LiveItem> _waiting = [];
    private readonly SortedSet<int> _doubtful = [];

    /// <summary>The place of the last item on the server.</summary>
    public int LastSeq => _sent.Count;

    /// <summary>How many items have to be appended.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>The items that have to be appended, in order.</summary>
    public IEnumerable<LiveItem> Next => _waiting;

    /// <summary>The places whose entries may not be what is on the server, the first ones first.</summary>
    public IReadOnlyCollection<int> Doubtful => _doubtful;

    /// <summary>What is at a place on the server.</summary>
    public SentItem this[int seq] => _sent[seq - 1];

    /// <summary>Where an entry is on the server; 0 when it isn't there.</summary>
    public int SeqOf(int number) => number <= _seqs.Count ? Math.Max(Unknown, _seqs[number - 1]) : Unknown;

    /// <summary>Whether it was found before that an entry stays here.</summary>
    public bool IsLeftOut(int number) => number <= _seqs.Count && _seqs[number - 1] == StaysHere;

    /// <summary>Plans what a change of the transcript calls for.</summary>
    /// <returns>False for a rewind of which nothing has gone out: there is nothing to do for it.</returns>
    public bool Take(TranscriptChange change)
    {
        if (change.Kind == ChangeKind.Rewound)
            return Rewind(change.From, change.To);
        if (change.Kind == ChangeKind.Appended)
            _waiting.AddLast(LiveItem.Entry(change.From));
        else
            Correct(change.From);
        return true;
    }

    /// <summary>Has every entry looked at again.</summary>
    public void DoubtAll()
    {
        for (int seq = 1; seq <= _sent.Count; seq++)
            Doubt(seq);
    }

    /// <summary>Has what is at a place looked at again.</summary>
    public void Doubt(int seq)
    {
        if (seq > 0)
            _doubtful.Add(seq);
    }

    /// <summary>Remembers that the first waiting item is on the server now.</summary>
    /// <returns>The item.</returns>
    public LiveItem Sent(UInt128 digest)
    {
        LiveItem item = TakeFirst();
        _sent.Add(new SentItem(item, digest));
        if (!item.IsMark)
            SetSeq(item.From, _sent.Count);
        return item;
    }

    /// <summary>Remembers that the first waiting item stays here.</summary>
    public void LeftOut()
    {
        if (TakeFirst() is { IsMark: false } item)
            SetSeq(item.From, StaysHere);
    }

    /// <summary>Remembers that a place holds what it has to.</summary>
    public void Settled(int seq, UInt128 digest)
    {
        _doubtful.Remove(seq);
        _sent[seq - 1] = _sent[seq - 1] with { Digest = digest };
    }

    /// <summary>The server has lost what it had after a place: it waits again, in its order.</summary>
    public void Lost(int lastSeq)
    {
        for (int seq = _sent.Count; seq > lastSeq; seq--)
        {
            SentItem lost = _sent[seq - 1];
            _sent.RemoveAt(seq - 1);
            _doubtful.Remove(seq);
            if (!lost.Item.IsMark)
                SetSeq(lost.Item.From, Unknown);
            _waiting.AddFirst(lost.Item);
        }
    }

    /// <summary>The first and the last place of a mark's entries; null when none of them is on the server.</summary>
    public (int From, int To)? PlacesOf(LiveItem mark)
    {
        int[] places = [.. Enumerable.Range(mark.From, mark.To - mark.From + 1).Select(SeqOf).Where(seq => seq > 0)];
        return places.Length > 0 ? (places.Min(), places.Max()) : null;
    }

    /// <summary>The log that a journal tells of, and the entries that a follower has to go on behind.</summary>
    public static (LiveLog Log, IReadOnlyList<GivenEntry> Given) Restore(IEnumerable<LiveRecord> journal)
    {
        var log = new LiveLog();
        var given = new List<GivenEntry>();
        foreach (LiveRecord record in journal)
            log.Restore(record, given);
        return (log, given);
    }

    private void Restore(LiveRecord record, List<GivenEntry> given)
    {
        if (record.Entry is { } number)
        {
            // Numbers between were rewound before they went out.
            while (given.Count < number)
                given.Add(new GivenEntry(0, 0, IsRewound: true));
            given[number - 1] = new GivenEntry(Parse(record.Key), Parse(record.Thread), IsRewound: false);
            SetSeq(number, StaysHere);
            if (record.Digest is not null)
                Restore(LiveItem.Entry(number), record);
        }
        else if (record.Rewound is [var from, var to])
        {
            for (int at = from; at <= to && at <= given.Count; at++)
                given[at - 1] = given[at - 1] with { IsRewound = true };
            if (record.Digest is not null)
                Restore(LiveItem.Mark(from, to), record);
        }
        else if (record.Corrected is { } seq && seq <= _sent.Count)
            _sent[seq - 1] = _sent[seq - 1] with { Digest = DigestOf(record) };
        else if (record.Lost is { } lastSeq)
        {
            Lost(lastSeq);
            _waiting.Clear();
        }
    }

    private void Restore(LiveItem item, LiveRecord record)
    {
        _sent.Add(new SentItem(item, DigestOf(record)));
        if (!item.IsMark)
            SetSeq(item.From, _sent.Count);
    }

    private static ulong Parse(string? hex) => hex is null ? 0 : ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static UInt128 DigestOf(LiveRecord record) => UInt128.Parse(record.Digest!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // One that stayed here may have something to show now; one that the server has lost waits again.
    private void Correct(int number)
    {
        if (SeqOf(number) is var seq and > 0)
            Doubt(seq);
        else if (number <= _seqs.Count && !_waiting.Contains(LiveItem.Entry(number)))
            AddInOrder(number);
    }

    private void AddInOrder(int number)
    {
        LinkedListNode<LiveItem>? behind = _waiting.First;
        while (behind is { Value.IsMark: false } && behind.Value.From < number)
            behind = behind.Next;
        if (behind is null)
            _waiting.AddLast(LiveItem.Entry(number));
        else
            _waiting.AddBefore(behind, LiveItem.Entry(number));
    }

    // What waits and is not wanted any more is not sent at all.
    private bool Rewind(int from, int to)
    {
        for (LinkedListNode<LiveItem>? at = _waiting.First; at is not null;)
        {
            LinkedListNode<LiveItem>? next = at.Next;
            if (!at.Value.IsMark && at.Value.From >= from && at.Value.From <= to)
                _waiting.Remove(at);
            at = next;
        }
        var mark = LiveItem.Mark(from, to);
        if (PlacesOf(mark) is null)
            return false;
        _waiting.AddLast(mark);
        return true;
    }

    private LiveItem TakeFirst()
    {
        LiveItem item = _waiting.First!.Value;
        _waiting.RemoveFirst();
        return item;
    }

    private void SetSeq(int number, int seq)
    {
        while (_seqs.Count < number)
            _seqs.Add(0);
        _seqs[number - 1] = seq;
    }
}

/// <summary>An entry of the transcript, or a mark that some were rewound, by their numbers.</summary>
internal readonly record struct LiveItem(int From, int To, bool IsMark)
{
    public static LiveItem Entry(int number) => new(number, number, IsMark: false);

    public static LiveItem Mark(int from, int to) => new(from, to, IsMark: true);
}

/// <summary>What is at a place on the server.</summary>
/// <param name="Item">What it was made of.</param>
/// <param name="Digest">Of the bytes that were sent.</param>
internal readonly record struct SentItem(LiveItem Item, UInt128 Digest);
