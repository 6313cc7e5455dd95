using System.Buffers;
using Parley.Core.Sessions;
using Parley.Server.Accounts;

namespace Parley.Server.Intake;

/// <summary>
/// Tells whether an entry that is sent again is the one that was sent before, without keeping what was sent: that may hold secrets which
/// redaction took out. So the digest is keyed with what is not in the database.
/// </summary>
internal static class EntryDigest
{
    /// <summary>The digest of an entry as it was sent.</summary>
    public static byte[] Of(DataKey key, Entry entry)
    {
        var json = new ArrayBufferWriter<byte>(entry.Blocks.Length + 256);
        EntryJson.Write(json, entry);
        return key.Digest(json.WrittenSpan);
    }
}
