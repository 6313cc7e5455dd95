using Parley.Core.Redaction;

namespace Parley.Server.Intake;

/// <summary>
/// Redactors of what arrives. The sender has redacted already: what is found here bears none of its numbers, nor one that was given at another
/// of these occasions, so that two values never seem to be one.
/// </summary>
internal static class ArrivalRedactor
{
    public static Redactor OfUpload() => In("s");

    public static Redactor OfDriver() => In("l");

    public static Redactor OfTitle() => In("t");

    private static Redactor In(string series) => new(new RedactionOptions { MarkerSeries = series });
}
