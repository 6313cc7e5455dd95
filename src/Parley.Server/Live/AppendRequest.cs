using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Server.Live;

/// <summary>The body of an append, <c>{"expectedSeq":n,"entries":[…]}</c>, with entries in the form of <see cref="EntryJson"/>.</summary>
internal sealed record AppendRequest(long ExpectedSeq, IReadOnlyList<Entry> Entries)
{
    /// <exception cref="BundleException">It has another form; the message says what is wrong.</exception>
    public static AppendRequest Read(byte[] body)
    {
        long? expectedSeq = null;
        List<Entry> entries = [];
        try
        {
            var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                throw new JsonException("it is not an object");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("expectedSeq"u8))
                    expectedSeq = json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long seq) && seq >= 0 ? seq : throw new JsonException("expectedSeq is not a seq");
                else if (json.ValueTextEquals("entries"u8))
                    ReadEntries(ref json, body, entries);
                else
                    json.Skip();
            }
            if (json.Read())
                throw new JsonException("something follows it");
        }
        catch (JsonException e)
        {
            throw Refuse(e);
        }
        return new AppendRequest(expectedSeq ?? throw Refuse(new JsonException("expectedSeq is missing")), entries);
    }

    /// <summary>The body of a correction: one entry.</summary>
    /// <exception cref="BundleException">It is none; the message says what is wrong.</exception>
    public static Entry ReadEntry(byte[] body)
    {
        try
        {
            return OnOneLine(EntryJson.Read(body));
        }
        catch (JsonException e)
        {
            throw new BundleException($"The body is not an entry: {e.Message}", e);
        }
    }

    private static void ReadEntries(ref Utf8JsonReader json, byte[] body, List<Entry> entries)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartArray)
            throw new JsonException("entries is not an array");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)json.TokenStartIndex;
            json.Skip();
            entries.Add(OnOneLine(EntryJson.Read(body.AsMemory(start, (int)json.BytesConsumed - start))));
        }
    }

    // Bundles and streams have an entry on one line; a line end between two tokens is nothing but space.
    private static Entry OnOneLine(Entry entry)
    {
        if (entry.Blocks.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0)
            return entry;
        byte[] blocks = entry.Blocks.ToArray();
        blocks.AsSpan().Replace((byte)'\n', (byte)' ');
        blocks.AsSpan().Replace((byte)'\r', (byte)' ');
        return entry with { Blocks = blocks };
    }

    private static BundleException Refuse(JsonException e) => new($"The body is not {{\"expectedSeq\":n,\"entries\":[…]}}: {e.Message}.", e);
}
