using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Org.BouncyCastle.Crypto.Agreement.JPake;
using Parley.Core.Transfer;
using Parley.Core.Transfer.Frames;
using Parley.Core.Transfer.Handshake;
using Parley.Core.Transfer.Messages;
using Xunit;

namespace Parley.Core.Tests.Transfer;

/// <summary>docs/protocol.md says what the code does: its vectors, examples, limits and failures.</summary>
public sealed class ProtocolDocumentTests
{
    [Fact]
    public void The_handshake_gives_the_documents_numbers()
    {
        Passphrase passphrase = Passphrase.Parse(Vector("passphrase"));
        KeyAgreement sender = new(TransferRole.Sender, passphrase, new Given("sender")), receiver = new(TransferRole.Receiver, passphrase, new Given("receiver"));
        byte[][] hellos = [Hello.Record(TransferRole.Sender), Hello.Record(TransferRole.Receiver)];
        byte[][] round1 = [Record(RecordKind.Round1, sender.Round1()), Record(RecordKind.Round1, receiver.Round1())];
        sender.Accept1(round1[1].AsSpan(HandshakeRecord.HeaderBytes));
        receiver.Accept1(round1[0].AsSpan(HandshakeRecord.HeaderBytes));
        byte[][] round2 = [Record(RecordKind.Round2, sender.Round2()), Record(RecordKind.Round2, receiver.Round2())];
        sender.Accept2(round2[1].AsSpan(HandshakeRecord.HeaderBytes));
        receiver.Accept2(round2[0].AsSpan(HandshakeRecord.HeaderBytes));
        byte[] secret = sender.Secret();
        var keys = new ChannelKeys(secret, [.. hellos, .. round1, .. round2]);

        Assert.Equal(secret, receiver.Secret());
        JPakePrimeOrderGroup group = JPakePrimeOrderGroups.NIST_3072;
        AssertVectors(
            ("group.p", group.P.ToString(16)),
            ("group.q", group.Q.ToString(16)),
            ("group.g", group.G.ToString(16)),
            ("password", passphrase.Secret()),
            ("sender.hello", Hex(hellos[0])),
            ("receiver.hello", Hex(hellos[1])),
            ("sha256(sender.round1)", Hex(SHA256.HashData(round1[0]))),
            ("sha256(receiver.round1)", Hex(SHA256.HashData(round1[1]))),
            ("sha256(sender.round2)", Hex(SHA256.HashData(round2[0]))),
            ("sha256(receiver.round2)", Hex(SHA256.HashData(round2[1]))),
            ("sha256(secret)", Hex(SHA256.HashData(secret))),
            ("receiver.confirm", Hex(keys.Confirmation(TransferRole.Receiver))),
            ("sender.confirm", Hex(keys.Confirmation(TransferRole.Sender))),
            ("sender.frames", Hex(keys.Frames(TransferRole.Sender))),
            ("receiver.frames", Hex(keys.Frames(TransferRole.Receiver))),
            ("verification", keys.Verification()));
    }

    [Fact]
    public void Frames_are_the_documents()
    {
        using var cipher = new FrameCipher(Convert.FromHexString(Vector("sender.frames")));
        using var everyFrame = new FrameCipher(Convert.FromHexString(Vector("sender.frames")), framesPerKey: 1);
        AssertVectors(
            ("frame 0", Sealed(cipher)),
            ("frame 1", Sealed(cipher)),
            ("frame 0 of the first key", Sealed(everyFrame)),
            ("frame 1 of the next key", Sealed(everyFrame)));
    }

    [Fact]
    public void Lengths_are_padded_to_the_documents() => Assert.All(
        ProtocolDocument.Vectors.Where(vector => vector.Key.StartsWith("padded ", StringComparison.Ordinal)),
        vector => Assert.Equal(int.Parse(vector.Value, CultureInfo.InvariantCulture), Frame.Padded(int.Parse(vector.Key[7..], CultureInfo.InvariantCulture))));

    [Fact]
    public void Every_message_has_an_example_that_is_written_and_read_as_it_stands()
    {
        foreach (string example in ProtocolDocument.Messages)
        {
            TransferMessage message = JsonSerializer.Deserialize(example, MessageJson.Relaxed.TransferMessage)!;
            Assert.Equal(example, JsonSerializer.Serialize(message, MessageJson.Relaxed.TransferMessage));
        }
        string[] types = [.. typeof(TransferMessage).GetCustomAttributes<System.Text.Json.Serialization.JsonDerivedTypeAttribute>().Select(a => (string)a.TypeDiscriminator!)];
        Assert.All(types, type => Assert.Contains(ProtocolDocument.Messages, example => example.StartsWith($"{{\"type\":\"{type}\"", StringComparison.Ordinal)));
        Assert.All(types, type => Assert.Single(ProtocolDocument.Rows[type]));
    }

    [Fact]
    public void Every_limit_is_in_the_document_with_its_value()
    {
        foreach (FieldInfo limit in typeof(TransferLimits).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            string value = limit.GetValue(null) is TimeSpan time
                ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F0} s")
                : string.Format(CultureInfo.InvariantCulture, "{0:N0}", limit.GetValue(null));
            Assert.Equal([value], ProtocolDocument.Rows[limit.Name]);
        }
    }

    [Fact]
    public void Every_failure_is_in_the_document() => Assert.All(Enum.GetNames<TransferFailure>(), failure => Assert.Single(ProtocolDocument.Rows[failure]));

    private static void AssertVectors(params (string Name, string Value)[] computed) =>
        Assert.Equal(computed.Select(v => $"{v.Name} = {ProtocolDocument.Vectors.GetValueOrDefault(v.Name)}"), computed.Select(v => $"{v.Name} = {v.Value}"));

    private static string Vector(string name) => ProtocolDocument.Vectors[name];

    private static byte[] Record(RecordKind kind, byte[] body) => HandshakeRecord.Create(kind, body);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static string Sealed(FrameCipher cipher)
    {
        byte[] content = Encoding.UTF8.GetBytes(Vector("frame content"));
        using var frame = Frame.For(content.Length);
        content.CopyTo(frame.Room);
        frame.Fill(FrameKind.Message, content.Length);
        cipher.Seal(frame);
        return Hex(frame.Wire.ToArray());
    }

    /// <summary>Hands out the document's exponents in the order in which the protocol draws them.</summary>
    private sealed class Given(string role) : RandomNumberGenerator
    {
        private readonly Queue<string> _draws = new(((string[])["x1", "x2", "v1", "v2", "v3"]).Select(name => Vector($"{role}.{name}")));

        public override void GetBytes(byte[] data) => Convert.FromHexString(_draws.Dequeue()).CopyTo(data, 0);
    }
}
