using System.Text;
using Parley.Core.Sessions;

namespace Parley.Core.Tests.Transcripts;

internal static class Blocks
{
    /// <summary>The JSON text of an entry's blocks.</summary>
    public static string Text(Entry entry) => Encoding.UTF8.GetString(entry.Blocks.Span);
}
