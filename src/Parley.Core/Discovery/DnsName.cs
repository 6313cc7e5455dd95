using System.Text;

namespace Parley.Core.Discovery;

/// <summary>A domain name (RFC 1035 §3.1) whose labels are UTF-8 and may hold anything, dots included (RFC 6763 §4.1.1). ASCII case makes no difference.</summary>
public sealed class DnsName : IEquatable<DnsName>
{
    /// <summary>RFC 1035 §2.3.4; in bytes of UTF-8.</summary>
    public const int MaxLabelBytes = 63;

    /// <summary>RFC 1035 §2.3.4; of the wire form, with the lengths and the root.</summary>
    public const int MaxBytes = 255;

    // Labels with their lengths before them, and the root's zero. Lengths are below 'A', so that case can be folded over the whole of it.
    private readonly byte[] _wire;

    private DnsName(byte[] wire) => _wire = wire;

    /// <summary>The name as it is written without compression.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    public bool IsRoot => _wire.Length == 1;

    /// <summary>The first label. What is not UTF-8 in it shows as U+FFFD.</summary>
    public string Label => Encoding.UTF8.GetString(_wire.AsSpan(1, _wire[0]));

    /// <summary>The name without its first label. The root is its own parent.</summary>
    public DnsName Parent => IsRoot ? this : new DnsName(_wire[(_wire[0] + 1)..]);

    /// <summary>A name of labels, the most specific one first.</summary>
    /// <exception cref="ArgumentException">A label is empty, or it or the name is too long.</exception>
    public static DnsName Of(params ReadOnlySpan<string> labels)
    {
        var name = new DnsName([0]);
        foreach (string label in new Stack<string>(labels.ToArray()))
            name = name.Child(label);
        return name;
    }

    /// <summary>The name one level below this one.</summary>
    /// <exception cref="ArgumentException">The label is empty, or it or the name is too long.</exception>
    public DnsName Child(string label)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(label);
        if (bytes.Length is 0 or > MaxLabelBytes || bytes.Length + 1 + _wire.Length > MaxBytes)
            throw new ArgumentException($"A label has 1 to {MaxLabelBytes} bytes and a name at most {MaxBytes}.", nameof(label));
        return new DnsName([(byte)bytes.Length, .. bytes, .. _wire]);
    }

    public bool Equals(DnsName? other)
    {
        if (_wire.Length != other?._wire.Length)
            return false;
        for (int i = 0; i < _wire.Length; i++)
        {
            if (Fold(_wire[i]) != Fold(other._wire[i]))
                return false;
        }
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (byte b in _wire)
            hash.Add(Fold(b));
        return hash.ToHashCode();
    }

    /// <summary>With dots between labels, and dots and backslashes within them escaped (RFC 6763 §4.3).</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (DnsName name = this; !name.IsRoot; name = name.Parent)
            text.Append(name.Label.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(".", @"\.", StringComparison.Ordinal)).Append('.');
        return text.ToString();
    }

    private static int Fold(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20 : b;

    /// <summary>Takes what a reader has checked.</summary>
    internal static DnsName FromWire(byte[] wire) => new(wire);
}
