using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Parley.Core.Transfer.Frames;

/// <summary>
/// Seals or opens the frames of one direction, in their order: AES-256-GCM, the frame's number as nonce, and a new key after every
/// <see cref="TransferLimits.FramesPerKey"/> frames from which the ones before can't be found.
/// </summary>
internal sealed class FrameCipher : IDisposable
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;

    private readonly int _framesPerKey;
    private byte[] _secret;
    private AesGcm _aes;
    private ulong _number;

    public FrameCipher(byte[] secret, int framesPerKey = TransferLimits.FramesPerKey)
    {
        _framesPerKey = framesPerKey;
        _secret = secret;
        _aes = NewKey();
    }

    public void Seal(Frame frame)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        Next(nonce);
        _aes.Encrypt(nonce, frame.Body, frame.Body, frame.Tag, frame.Prefix);
    }

    /// <summary>Decrypts in place; false when this is not the frame that was sealed at this place.</summary>
    public bool TryOpen(Frame frame)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        Next(nonce);
        try
        {
            _aes.Decrypt(nonce, frame.Body, frame.Tag, frame.Body, frame.Prefix);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private void Next(Span<byte> nonce)
    {
        if (_number > 0 && _number % (ulong)_framesPerKey == 0)
            Rekey();
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], _number++);
    }

    private void Rekey()
    {
        byte[] next = HKDF.Expand(HashAlgorithmName.SHA256, _secret, KeyBytes, "parley transfer v1 next"u8.ToArray());
        CryptographicOperations.ZeroMemory(_secret);
        _secret = next;
        _aes.Dispose();
        _aes = NewKey();
    }

    private AesGcm NewKey()
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, _secret, key, "parley transfer v1 key"u8);
        var aes = new AesGcm(key, Frame.TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _aes.Dispose();
    }
}
