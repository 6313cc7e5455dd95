using System.Buffers;
using System.Security.Cryptography;
using Parley.Core.Sessions;

namespace Parley.Server.Intake;

/// <summary>Tells whether an entry that is sent again is the one that was sent before, without keeping what was sent.</summary>
internal static class EntryDigest
{
    private const int Bytes = 16;

    /// <summary>The digest of an entry as it was sent, before redaction.</summary>
    public static byte[] Of(ReadOnlySpan<byte> key, Entry entry)
    {
        var json = new ArrayBufferWriter<byte>(entry.Blocks.Length + 256);
        EntryJson.Write(json, entry);
        return HMACSHA256.HashData(key, json.WrittenSpan)[..Bytes];
    }
}
