using System.Security.Cryptography;
using Parley.Core.Discovery;

namespace Parley.Cli.Discovery;

/// <summary>What the service is called that senders announce. Its names say nothing about who sends, and from which machine.</summary>
internal static class SessionService
{
    private const int RandomLetters = 6;

    public static DnsName Type { get; } = DnsName.Of("_claude-sessions", "_tcp", "local");

    /// <summary>A name for a sender.</summary>
    public static string NewInstance() => "claude-sessions-" + Letters(RandomLetters);

    /// <summary>A name for the machine that it is on, for as long as it sends.</summary>
    public static string NewHost() => "parley-" + Letters(RandomLetters * 2);

    private static string Letters(int count) => RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz", count);
}
