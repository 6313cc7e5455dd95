using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Core.Takeover;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>What <c>parley receive --list --json</c> prints.</summary>
/// <param name="From">The sender's service, address or room.</param>
/// <param name="Verification">What both sides show.</param>
/// <param name="Sessions">The offer.</param>
internal sealed record OfferReport(string From, string Verification, IReadOnlyList<OfferedSession> Sessions);

/// <summary>What <c>parley receive --json</c> prints.</summary>
internal sealed record InstalledReport(string From, string Verification, IReadOnlyList<InstalledLine> Installed);

/// <summary>A session that is on this machine now.</summary>
/// <param name="SessionId">Its id here, which is another than the sender's when a different session of that id was here.</param>
/// <param name="Path">Its main file.</param>
/// <param name="Outcome">What has been done.</param>
internal sealed record InstalledLine(string SessionId, string Path, [property: JsonConverter(typeof(OutcomeJson))] InstallOutcome Outcome)
{
    public static InstalledLine Of(InstalledSession session) => new(session.SessionId, session.Path, session.Outcome);
}

/// <summary>Outcomes as <c>installed</c>, <c>alreadyThere</c> and <c>installedAsCopy</c>.</summary>
internal sealed class OutcomeJson() : JsonStringEnumConverter<InstallOutcome>(JsonNamingPolicy.CamelCase);
