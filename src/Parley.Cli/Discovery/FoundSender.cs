using System.Net;

namespace Parley.Cli.Discovery;

/// <summary>A sender on this network, as it is now. Everything in it is what the sender says: untrusted.</summary>
/// <param name="Instance">Its name.</param>
/// <param name="EndPoints">Where it listens, the likeliest first. None: it is gone.</param>
/// <param name="Txt">Attributes; <c>v</c> is the protocol's version.</param>
internal sealed record FoundSender(string Instance, IReadOnlyList<IPEndPoint> EndPoints, IReadOnlyDictionary<string, string> Txt)
{
    public bool IsGone => EndPoints.Count == 0;

    /// <summary>Whether nothing about it has changed.</summary>
    public bool IsSameAs(FoundSender other) => EndPoints.SequenceEqual(other.EndPoints) && Txt.Count == other.Txt.Count && !Txt.Except(other.Txt).Any();
}
