using Parley.Core.Sessions;

namespace Parley.Cli.Sharing;

internal static class ToolOutput
{
    public static Entry Cut(Entry entry) => entry;
}
