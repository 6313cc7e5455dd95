using System.Globalization;
using Parley.Cli.Terminals;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>An offer as a numbered table, for whoever picks from it.</summary>
internal static class OfferTable
{
    public static void Write(TextWriter output, Style style, IReadOnlyList<OfferedSession> offer, int? width, bool withIds = false)
    {
        var table = new Table(
            new("#", RightAligned: true), new("SUMMARY", Shrinks: true), new("PROJECT", Shrinks: true), new("BRANCH", Shrinks: true),
            new("MESSAGES", RightAligned: true), new("MODIFIED"), new("SIZE", RightAligned: true),
            new(offer.Any(s => Kind(s).Length > 0) ? "KIND" : ""), new(withIds ? "ID" : ""));
        foreach ((int index, OfferedSession session) in offer.Index())
        {
            table.Add(
                $"{index + 1}", session.Summary, session.Project, session.Branch, session.Messages.ToString(CultureInfo.InvariantCulture),
                Times.Ago(session.Modified, DateTimeOffset.UtcNow), Sizes.Of(session.Bytes), Kind(session), withIds ? session.Id : "");
        }
        table.Write(output, style, width);
    }

    /// <summary>What is not an ordinary session of Claude Code.</summary>
    public static string Kind(OfferedSession session) =>
        session.IsSidechain ? "sidechain" : session.Agent == "claude-code" ? "" : session.Agent;
}
