using Parley.Core.Sessions;

namespace Parley.Core.Rendering;

/// <summary>The text of an entry that a reader can see, for searching.</summary>
public static class PlainText
{
    /// <summary>All visible text of the entry, blocks separated by line feeds.</summary>
    public static string Of(Entry entry) => "";
}
