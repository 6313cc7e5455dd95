using System.Diagnostics.CodeAnalysis;

namespace Parley.Core.Discovery;

/// <summary>Types of records and questions by their names in RFC 1035, 2782, 3596 and 4034.</summary>
public enum DnsType
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A pointer to another name.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "RFC 1035 names it so.")]
    Ptr = 12,

    /// <summary>Strings.</summary>
    Txt = 16,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>The host and the port of a service.</summary>
    Srv = 33,

    /// <summary>Which types a name has, and so that it has no others (RFC 6762 §6.1).</summary>
    Nsec = 47,

    /// <summary>In a question: every type.</summary>
    Any = 255,
}
