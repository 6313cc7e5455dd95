using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Core.Transfer.Handshake;

/// <summary>Everything that follows from the agreed secret and from all that was said in the handshake (docs/protocol.md, section 3.4).</summary>
internal sealed class ChannelKeys
{
    private const int Bytes = 32;
    private const int VerificationGroups = 4;

    private readonly byte[] _root;
    private readonly byte[] _transcript;

    /// <param name="secret">What the key agreement gave.</param>
    /// <param name="records">The records of both sides in the order of the protocol: hellos, first rounds, second rounds, the sender's before the receiver's.</param>
    public ChannelKeys(byte[] secret, ReadOnlySpan<byte[]> records)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("parley transfer v1"u8);
        foreach (byte[] record in records)
            hash.AppendData(record);
        _transcript = hash.GetHashAndReset();
        _root = HKDF.Extract(HashAlgorithmName.SHA256, secret, _transcript);
    }

    /// <summary>What one side sends to prove that it has the same passphrase and heard the same handshake.</summary>
    public byte[] Confirmation(TransferRole by) => HMACSHA256.HashData(Derive($"confirm {Name(by)}"), _transcript);

    /// <summary>The secret from which the keys of the frames that this side sends are made.</summary>
    public byte[] Frames(TransferRole by) => Derive($"frames {Name(by)}");

    /// <summary>Four groups of four digits that are the same on both sides, and on no side that somebody else stands between.</summary>
    public string Verification()
    {
        byte[] bytes = Derive("verification");
        return string.Join(' ', Enumerable.Range(0, VerificationGroups).Select(i => $"{BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4 * i)) % 10_000:D4}"));
    }

    private byte[] Derive(string use) => HKDF.Expand(HashAlgorithmName.SHA256, _root, Bytes, Encoding.ASCII.GetBytes($"parley transfer v1 {use}"));

    private static string Name(TransferRole role) => role == TransferRole.Sender ? "sender" : "receiver";
}
