using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>What holds for every transcript: for random trees in random order, and for real ones with damaged bytes.</summary>
public sealed class AnyTranscriptTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_path_to_the_named_leaf_is_shown_whatever_the_order_and_repetition_of_lines() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(1, 3), Prop.ForAll<NonEmptyArray<byte>, int, int>(ShowsPathToLeaf));

    [Fact]
    public void No_damage_makes_the_reader_throw_or_give_anything_but_entries()
    {
        var random = new Random(20261120);
        byte[][] sessions = [.. Corpus.Names.Select(Corpus.Session).Select(File.ReadAllBytes).Where(bytes => bytes.Length < 60_000)];
        for (int round = 0; round < 400; round++)
        {
            byte[] damaged = sessions[random.Next(sessions.Length)];
            for (int times = random.Next(1, 12); times > 0; times--)
                damaged = Damage(damaged, random);
            _scratch.WriteBytes(damaged);
            ReadAll($"round {round}");
        }
    }

    // Each number chooses its line's parent among the lines before it; prompts and answers are mixed.
    private bool ShowsPathToLeaf(NonEmptyArray<byte> numbers, int leafChoice, int order)
    {
        int[] parents = [-1, .. numbers.Get.Select((number, i) => number % (i + 1))];
        int[] leaves = [.. Enumerable.Range(0, parents.Length).Except(parents)];
        int leaf = leaves[(int)((uint)leafChoice % leaves.Length)];
        var random = new Random(order);
        string[] lines = [.. parents.Select((parent, i) => LineOf(i, parent)), Lines.LastPrompt($"u{leaf}")];
        string[] shuffled = [.. lines, .. lines.Where(_ => random.Next(4) == 0)];
        random.Shuffle(shuffled);
        _scratch.Write(shuffled);
        return PathTo(leaf, parents).SequenceEqual(_scratch.Shown());
    }

    private static string LineOf(int number, int parent) => number % 3 == 0
        ? Lines.User($"u{number}", parent < 0 ? null : $"u{parent}", $"{number}")
        : Lines.Answer($"u{number}", $"u{parent}", $"{number}");

    private static Stack<string> PathTo(int leaf, int[] parents)
    {
        var path = new Stack<string>();
        for (int at = leaf; at >= 0; at = parents[at])
            path.Push($"{(at % 3 == 0 ? "user" : "assistant")} {at}");
        return path;
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length), length = Math.Min(random.Next(1, 200), bytes.Length - at);
        ReadOnlySpan<byte> before = bytes.AsSpan(0, at), hit = bytes.AsSpan(at, length), after = bytes.AsSpan(at + length);
        byte[][] inserts = ["\""u8.ToArray(), "\\"u8.ToArray(), "{"u8.ToArray(), "]"u8.ToArray(), "\n"u8.ToArray(), [0], [0xFF], "\\ud800"u8.ToArray(), "null"u8.ToArray()];
        return random.Next(5) switch
        {
            0 => [.. before, .. after],
            1 => [.. before, .. hit, .. hit, .. after],
            2 => [.. before, .. inserts[random.Next(inserts.Length)], .. hit, .. after],
            3 => [.. before, (byte)random.Next(256), .. bytes.AsSpan(at + 1)],
            _ => [.. before, .. bytes.AsSpan(random.Next(bytes.Length)), .. after],
        };
    }

    // Every entry can be written into a bundle and read from it again.
    private void ReadAll(string round)
    {
        try
        {
            Transcript transcript = TranscriptReader.Open(_scratch.Transcript);
            int count = 0;
            foreach (Entry entry in transcript.Entries())
            {
                var json = new ArrayBufferWriter<byte>();
                EntryJson.Write(json, entry);
                Assert.Equal(entry.Role, EntryJson.Read(json.WrittenMemory).Role);
                Assert.False(json.WrittenSpan.Contains((byte)'\n'), "an entry is one line");
                count++;
            }
            Assert.Equal(transcript.Info.EntryCount, count);
        }
        catch (UnknownTranscriptException)
        {
            // Nothing of the file was left.
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{round} of the damaged transcripts failed.", e);
        }
    }
}
