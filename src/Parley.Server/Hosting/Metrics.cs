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

    public void Request(string method, string route, int status) => _requests.GetOrAdd((method, route, status), _ => new Counter()).Add();

    public void StreamOpened() => Interlocked.Increment(ref _streams);

    public void StreamClosed() => Interlocked.Decrement(ref _streams);

    public void EventsDelivered(int count) => Interlocked.Add(ref _deliveries, count);

    public void EntriesAppended(long count) => Interlocked.Add(ref _entries, count);

    public void DatabaseRead(TimeSpan elapsed) => _reads.Observe(elapsed);

    public void DatabaseWrite(TimeSpan elapsed) => _writes.Observe(elapsed);

    /// <summary>Version 0.0.4 of Prometheus' text format.</summary>
    public string ToPrometheus()
    {
        var text = new StringBuilder();
        Head(text, "parley_http_requests_total", "counter", "Requests by route and status.");
        foreach (((string method, string route, int status), Counter count) in _requests.OrderBy(r => r.Key))
            text.Append(CultureInfo.InvariantCulture, $"parley_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count.Value}\n");
        Head(text, "parley_live_streams", "gauge", "Readers that watch a session.");
        text.Append(CultureInfo.InvariantCulture, $"parley_live_streams {Interlocked.Read(ref _streams)}\n");
        Head(text, "parley_live_deliveries_total", "counter", "Events that were sent to readers who watch a session.");
        text.Append(CultureInfo.InvariantCulture, $"parley_live_deliveries_total {Interlocked.Read(ref _deliveries)}\n");
        Head(text, "parley_entries_appended_total", "counter", "Entries taken in.");
        text.Append(CultureInfo.InvariantCulture, $"parley_entries_appended_total {Interlocked.Read(ref _entries)}\n");
        Head(text, "parley_database_seconds", "histogram", "Time of a read or a write, waiting for the database included.");
        _reads.Append(text, "parley_database_seconds", "kind=\"read\"");
        _writes.Append(text, "parley_database_seconds", "kind=\"write\"");
        return text.ToString();
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
