using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Parley.Core.Transfer;
using Parley.Core.Transfer.Frames;
using Xunit;

namespace Parley.Core.Tests.Transfer;

public sealed class FrameTests
{
    [Fact]
    public void Padding_costs_at_most_an_eighth_and_is_stable() =>
        Prop.ForAll(Gen.Choose(1, Frame.HeaderBytes + TransferLimits.MessageBytes).ToArbitrary(), bytes =>
        {
            int padded = Frame.Padded(bytes);
            return padded >= bytes && padded >= Frame.LeastBytes && (padded - bytes) * 8 <= Math.Max(bytes, 8 * Frame.LeastBytes) && Frame.Padded(padded) == padded;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Lengths_are_hidden_in_few_steps()
    {
        int lengths = Enumerable.Range(1, TransferLimits.MessageBytes).Select(Frame.Padded).Distinct().Count();
        Assert.InRange(lengths, 1, 400);
    }

    [Fact]
    public void A_full_chunk_needs_no_padding_and_fits_a_quarter_of_a_mebibyte()
    {
        using var frame = Frame.For(TransferLimits.ChunkBytes);
        Assert.Equal(Frame.HeaderBytes + TransferLimits.ChunkBytes, frame.Body.Length);
        Assert.InRange(frame.Wire.Length, 1, 256 * 1024);
    }

    [Fact]
    public void The_key_changes_after_so_many_frames_and_the_two_sides_stay_together()
    {
        using FrameCipher sealing = new(new byte[32], framesPerKey: 3), opening = new(new byte[32], framesPerKey: 3), unchanging = new(new byte[32]);
        for (int i = 0; i < 10; i++)
        {
            using Frame sent = Filled($"frame {i}");
            sealing.Seal(sent);
            using Frame copy = Received(sent.Wire.Span), kept = Received(sent.Wire.Span);
            Assert.True(opening.TryOpen(copy));
            Assert.Null(copy.Open());
            Assert.Equal($"frame {i}", Encoding.ASCII.GetString(copy.Content.Span));
            Assert.Equal(i < 3, unchanging.TryOpen(kept));
        }
    }

    [Fact]
    public void What_is_sealed_shows_nothing_of_what_it_holds()
    {
        using FrameCipher sealing = new(new byte[32]);
        using Frame one = Filled("same"), other = Filled("same");
        sealing.Seal(one);
        sealing.Seal(other);
        Assert.Equal(one.Wire.Length, other.Wire.Length);
        Assert.NotEqual(one.Wire.ToArray(), other.Wire.ToArray());
        Assert.Equal(-1, one.Wire.Span.IndexOf("same"u8));
    }

    private static Frame Filled(string text)
    {
        var frame = Frame.For(text.Length);
        Encoding.ASCII.GetBytes(text, frame.Room.Span);
        frame.Fill(FrameKind.Message, text.Length);
        return frame;
    }

    private static Frame Received(ReadOnlySpan<byte> wire)
    {
        Frame frame = Frame.ToReceive(wire[..Frame.PrefixBytes])!;
        wire.CopyTo(frame.Wire.Span);
        return frame;
    }
}
