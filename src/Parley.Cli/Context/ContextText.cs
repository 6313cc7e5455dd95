using Parley.Cli.Terminals;
using Parley.Core.Context;

namespace Parley.Cli.Context;

/// <summary>Says what went along and what stayed, for people.</summary>
internal static class ContextText
{
    // A folder of pictures would fill the screen.
    private const int Listed = 20;

    public static void Write(SentResource sent)
    {
        Terminal.Error.WriteLine(
            $"{NameOf(sent.Plan)}: {sent.Files} {(sent.Files == 1 ? "file" : "files")}, {Sizes.Of(sent.Plan.Bytes)}");
        WriteLeftOut(sent.Plan);
        foreach (RefusedFile file in sent.Refused)
            Terminal.Error.WriteLine(Style.OfError.Warning($"  refused by the server: {DisplayText.OneLine(file.Path)} ({DisplayText.OneLine(file.Reason)})"));
    }

    public static void WriteLeftOut(SnapshotPlan plan)
    {
        foreach (LeftOut file in plan.LeftOut.Take(Listed))
            Terminal.Error.WriteLine(Style.OfError.Warning($"  left out: {DisplayText.OneLine(ContextPath.Join(plan.Name, file.Path))} {LeftOutReasons.Words(file.Reason)}"));
        if (plan.LeftOut.Count > Listed)
            Terminal.Error.WriteLine($"  and {plan.LeftOut.Count - Listed} more");
        if (plan.LeftOut.Any(file => file.Reason == LeftOutReason.Secrets))
            Terminal.Error.WriteLine("  --choose FILE takes one of those with secrets along, as it is.");
    }

    private static string NameOf(SnapshotPlan plan) => plan.Name == ContextPath.Root ? "The project" : DisplayText.OneLine(plan.Name);
}
