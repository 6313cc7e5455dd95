using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Agreement.JPake;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace Parley.Core.Transfer.Handshake;

/// <summary>
/// J-PAKE (RFC 8236) over the 3072-bit group with a 256-bit subgroup, for one connection: bytes of fixed length out and in, a secret at the end.
/// The numbers of the other side are checked by BouncyCastle: range, subgroup, and the proofs that it knows their exponents.
/// </summary>
internal sealed class KeyAgreement
{
    /// <summary>Bytes of a group element, big-endian, padded with zeros in front.</summary>
    public const int ElementBytes = 384;

    /// <summary>Bytes of an exponent.</summary>
    public const int ScalarBytes = 32;

    private const int ProofBytes = ElementBytes + ScalarBytes;
    public const int Round1Bytes = 2 * ElementBytes + 2 * ProofBytes;
    public const int Round2Bytes = ElementBytes + ProofBytes;

    private readonly string _other;
    private readonly string _own;
    private readonly JPakeParticipant _participant;

    public KeyAgreement(TransferRole role, Passphrase passphrase, RandomNumberGenerator random)
    {
        (_own, _other) = role == TransferRole.Sender ? ("parley sender", "parley receiver") : ("parley receiver", "parley sender");
        _participant = new JPakeParticipant(
            _own, passphrase.Secret().ToCharArray(), JPakePrimeOrderGroups.NIST_3072, new Sha256Digest(), new SecureRandom(new GivenRandomness(random)));
    }

    public byte[] Round1()
    {
        JPakeRound1Payload round = _participant.CreateRound1PayloadToSend();
        return Write(Round1Bytes, [round.Gx1, round.Gx2], [round.KnowledgeProofForX1, round.KnowledgeProofForX2]);
    }

    /// <exception cref="TransferException">The numbers are not what the protocol asks for.</exception>
    public void Accept1(ReadOnlySpan<byte> round)
    {
        BigInteger gx1 = Element(round, 0), gx2 = Element(round, 1);
        BigInteger[] proof1 = Proof(round[(2 * ElementBytes)..]), proof2 = Proof(round[(2 * ElementBytes + ProofBytes)..]);
        Check(() => _participant.ValidateRound1PayloadReceived(new JPakeRound1Payload(_other, gx1, gx2, proof1, proof2)));
    }

    public byte[] Round2()
    {
        JPakeRound2Payload round = _participant.CreateRound2PayloadToSend();
        return Write(Round2Bytes, [round.A], [round.KnowledgeProofForX2s]);
    }

    /// <exception cref="TransferException">The numbers are not what the protocol asks for.</exception>
    public void Accept2(ReadOnlySpan<byte> round)
    {
        BigInteger a = Element(round, 0);
        BigInteger[] proof = Proof(round[ElementBytes..]);
        Check(() => _participant.ValidateRound2PayloadReceived(new JPakeRound2Payload(_other, a, proof)));
    }

    /// <summary>The secret, an element's bytes: the same on both sides when the passphrases are, and unrelated otherwise.</summary>
    public byte[] Secret()
    {
        var secret = new byte[ElementBytes];
        WriteNumber(_participant.CalculateKeyingMaterial(), secret);
        return secret;
    }

    private static void Check(Action validate)
    {
        try
        {
            validate();
        }
        catch (Exception e) when (e is CryptoException or ArithmeticException)
        {
            throw HandshakeRecord.NotParley(e);
        }
    }

    private static byte[] Write(int bytes, ReadOnlySpan<BigInteger> elements, ReadOnlySpan<BigInteger[]> proofs)
    {
        var round = new byte[bytes];
        Span<byte> rest = round;
        foreach (BigInteger element in elements)
            rest = WriteNumber(element, rest[..ElementBytes], rest);
        foreach (BigInteger[] proof in proofs)
        {
            rest = WriteNumber(proof[0], rest[..ElementBytes], rest);
            rest = WriteNumber(proof[1], rest[..ScalarBytes], rest);
        }
        return round;
    }

    private static Span<byte> WriteNumber(BigInteger number, Span<byte> place, Span<byte> rest)
    {
        WriteNumber(number, place);
        return rest[place.Length..];
    }

    private static void WriteNumber(BigInteger number, Span<byte> place)
    {
        byte[] bytes = number.ToByteArrayUnsigned();
        bytes.CopyTo(place[(place.Length - bytes.Length)..]);
    }

    private static BigInteger Element(ReadOnlySpan<byte> round, int index) => new(1, round.Slice(index * ElementBytes, ElementBytes).ToArray());

    private static BigInteger[] Proof(ReadOnlySpan<byte> at) => [Element(at, 0), new BigInteger(1, at.Slice(ElementBytes, ScalarBytes).ToArray())];

    /// <summary>BouncyCastle's view of a generator that was given in.</summary>
    private sealed class GivenRandomness(RandomNumberGenerator random) : IRandomGenerator
    {
        public void AddSeedMaterial(byte[] seed)
        {
        }

        public void AddSeedMaterial(long seed)
        {
        }

        public void NextBytes(byte[] bytes) => random.GetBytes(bytes);

        public void NextBytes(byte[] bytes, int start, int len) => random.GetBytes(bytes, start, len);
    }
}
