using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Server.Accounts;

/// <summary>Secrets that open something: made here, stored and compared as hashes only.</summary>
public static class Secret
{
    /// <summary>How every API key begins.</summary>
    public const string KeyPrefix = "sk-";

    /// <summary>How every token of a share begins.</summary>
    public const string TokenPrefix = "clw_share_";

    /// <summary>How every token of a machine that answers in a workspace begins.</summary>
    public const string HostPrefix = "clw_host_";

    private const int Bytes = 32;

    /// <summary>256 random bits as 43 characters that stand in any address.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>A new API key: <c>sk-</c> and 256 random bits.</summary>
    public static string NewKey() => KeyPrefix + New();

    /// <summary>A new token of a share: <c>clw_share_</c> and 256 random bits.</summary>
    public static string NewToken() => TokenPrefix + New();

    /// <summary>A new token of a machine: <c>clw_host_</c> and 256 random bits.</summary>
    public static string NewHostToken() => HostPrefix + New();

    /// <summary>SHA-256 in hexadecimal. A secret of 256 random bits needs neither salt nor a slow hash.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Whether two hashes are one, in a time that does not tell where they differ.</summary>
    public static bool SameHash(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(one), Encoding.ASCII.GetBytes(other));
}
