namespace Parley.Core.Discovery;

/// <summary>A question of class IN.</summary>
/// <param name="Name">What is asked about.</param>
/// <param name="Type">What is asked for.</param>
/// <param name="WantsUnicast">Whether the answer may come to the asker alone: the QU bit (RFC 6762 §5.4).</param>
public sealed record DnsQuestion(DnsName Name, DnsType Type, bool WantsUnicast = false)
{
    public bool IsAnsweredBy(DnsRecord record) => (Type == DnsType.Any || Type == record.Type) && Name.Equals(record.Name);
}
