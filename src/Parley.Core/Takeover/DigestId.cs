using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Parley.Core.Takeover;

/// <summary>UUIDs that are made of what they name (version 8, RFC 9562), so that the same is named the same each time.</summary>
internal static class DigestId
{
    /// <param name="digest">16 bytes at least.</param>
    public static Guid Of(ReadOnlySpan<byte> digest)
    {
        Span<byte> id = stackalloc byte[16];
        digest[..16].CopyTo(id);
        id[6] = (byte)(id[6] & 0x0F | 0x80);
        id[8] = (byte)(id[8] & 0x3F | 0x80);
        return new Guid(id, bigEndian: true);
    }

    /// <summary>The id of one of many things within another.</summary>
    public static Guid Of(Guid within, long number)
    {
        Span<byte> name = stackalloc byte[24], digest = stackalloc byte[SHA256.HashSizeInBytes];
        within.TryWriteBytes(name, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(name[16..], number);
        SHA256.HashData(name, digest);
        return Of(digest);
    }
}
