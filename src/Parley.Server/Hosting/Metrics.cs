using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Parley.Server.Hosting;

/// <summary>What the server counts, and its text form for Prometheus. Routes are counted by their templates, never by ids.</summary>
public sealed class Metrics
{
    private readonly ConcurrentDictionary<(string Method, string Route, int Status), Counter> _requests = new();
    private readonly Histogram _reads = new();
    private readonly Histogram _writes = new();
    private long _entries;
    private long _streams;
    private long _deliveries;
    private readonly ConcurrentDictionary<string, Counter> _relayRefusals = new();
    private Func<int> _relayRooms = () => 0;
    private Func<int> _relaySockets = () => 0;
    private long _relayRoomsMade;
    private long _relayJoins;
    private long _relayBytes;

    public void Request(string method, string route, int status) => _requests.GetOrAdd((method, route, status), _ => new Counter()).Add();

    public void StreamOpened() => Interlocked.Increment(ref _streams);

    public void StreamClosed() => Interlocked.Decrement(ref _streams);

    public void EventsDelivered(int count) => Interlocked.Add(ref _deliveries, count);

    public void EntriesAppended(long count) => Interlocked.Add(ref _entries, count);

    /// <summary>Takes note of how to count the relay's rooms and the sockets to it.</summary>
    public void CountRelay(Func<int> rooms, Func<int> sockets) => (_relayRooms, _relaySockets) = (rooms, sockets);

    public void RelayRoomMade() => Interlocked.Increment(ref _relayRoomsMade);

    public void RelayJoined() => Interlocked.Increment(ref _relayJoins);

    public void RelayPassed(int bytes) => Interlocked.Add(ref _relayBytes, bytes);

    public void RelayRefused(string code) => _relayRefusals.GetOrAdd(code, _ => new Counter()).Add();

    public void DatabaseRead(TimeSpan elapsed) => _reads.Observe(elapsed);

    public void DatabaseWrite(TimeSpan elapsed) => _writes.Observe(elapsed);

    /// <summary>Version 0.0.4 of Prometheus' text format.</summary>
    public string ToPrometheus()
    {
        var text = new StringBuilder();
        // ToArray first: LINQ copies a dictionary that it takes to stand still, and fails when a count has come in between.
        Head(text, "parley_http_requests_total", "counter", "Requests by route and status.");
        foreach (((string method, string route, int status), Counter count) in _requests.ToArray().OrderBy(r => r.Key))
            text.Append(CultureInfo.InvariantCulture, $"parley_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count.Value}\n");
        Number(text, "parley_live_streams", "gauge", "Readers that watch a session.", Interlocked.Read(ref _streams));
        Number(text, "parley_live_deliveries_total", "counter", "Events that were sent to readers who watch a session.", Interlocked.Read(ref _deliveries));
        Number(text, "parley_entries_appended_total", "counter", "Entries taken in.", Interlocked.Read(ref _entries));
        AppendRelay(text);
        Head(text, "parley_database_seconds", "histogram", "Time of a read or a write, waiting for the database included.");
        _reads.Append(text, "parley_database_seconds", "kind=\"read\"");
        _writes.Append(text, "parley_database_seconds", "kind=\"write\"");
        return text.ToString();
    }

    private void AppendRelay(StringBuilder text)
    {
        Number(text, "parley_relay_sockets", "gauge", "Sockets to the relay.", _relaySockets());
        Number(text, "parley_relay_rooms", "gauge", "Rooms of the relay.", _relayRooms());
        Number(text, "parley_relay_rooms_total", "counter", "Rooms that were made in the relay.", Interlocked.Read(ref _relayRoomsMade));
        Number(text, "parley_relay_joins_total", "counter", "Receivers that the relay joined with a sender.", Interlocked.Read(ref _relayJoins));
        Number(text, "parley_relay_bytes_total", "counter", "Bytes that the relay passed on.", Interlocked.Read(ref _relayBytes));
        Head(text, "parley_relay_refusals_total", "counter", "Sockets that the relay sent away, by the code of its last words.");
        foreach ((string code, Counter count) in _relayRefusals.ToArray().OrderBy(r => r.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"parley_relay_refusals_total{{code=\"{code}\"}} {count.Value}\n");
    }

    private static void Number(StringBuilder text, string name, string type, string help, long value)
    {
        Head(text, name, type, help);
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private sealed class Counter
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Add() => Interlocked.Increment(ref _value);
    }

    private sealed class Histogram
    {
        private static readonly double[] Bounds = [0.00001, 0.0001, 0.001, 0.01, 0.1, 1, 10];

        private readonly long[] _buckets = new long[Bounds.Length + 1];
        private long _ticks;

        public void Observe(TimeSpan elapsed)
        {
            int bucket = Array.FindIndex(Bounds, bound => elapsed.TotalSeconds <= bound);
            Interlocked.Increment(ref _buckets[bucket < 0 ? Bounds.Length : bucket]);
            Interlocked.Add(ref _ticks, elapsed.Ticks);
        }

        public void Append(StringBuilder text, string name, string label)
        {
            long count = 0;
            for (int i = 0; i < _buckets.Length; i++)
            {
                count += Interlocked.Read(ref _buckets[i]);
                string bound = i < Bounds.Length ? Bounds[i].ToString("0.#####", CultureInfo.InvariantCulture) : "+Inf";
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{label},le=\"{bound}\"}} {count}\n");
            }
            double sum = new TimeSpan(Interlocked.Read(ref _ticks)).TotalSeconds;
            text.Append(CultureInfo.InvariantCulture, $"{name}_sum{{{label}}} {sum:0.######}\n{name}_count{{{label}}} {count}\n");
        }
    }
}
