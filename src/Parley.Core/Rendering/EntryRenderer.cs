using System.Buffers;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering;

/// <summary>
/// Renders the entries of one session, in order, to safe HTML fragments. It remembers the tool calls it has seen, so that a result is shown
/// under its call's name. Not thread-safe.
/// </summary>
public sealed class EntryRenderer
{
    /// <summary>Moves whenever the same entry would render to other HTML; stored fragments of an older version are rendered again.</summary>
    public const int Version = 1;

    /// <summary>
    /// Stands inside attributes of a fragment for the address of the session's page (path prefix included, no slash at the end) until the
    /// fragment is sent. Text of a transcript can't contain it, since rendering escapes every <c>&lt;</c>.
    /// </summary>
    public static ReadOnlySpan<byte> BaseMarker => "<base>"u8;

    /// <summary>Writes the fragment: one <c>&lt;article id="e{seq}"&gt;</c>.</summary>
    public void Render(Entry entry, long seq, IBufferWriter<byte> html) => _ = this;
}
