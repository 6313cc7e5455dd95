namespace Parley.Core.Sessions;

/// <summary>
/// What a person says to the people of a workspace and not to its agent: an event entry with the author's name and the one block
/// <c>{"type":"note","text":"…","client":"…"}</c>, where <c>client</c> is what the author's browser calls it.
/// </summary>
public static class Note
{
    /// <summary>The type of the block.</summary>
    public const string BlockType = "note";

    /// <summary>The entry of a note.</summary>
    public static Entry Entry(string author, string text, string clientId, DateTimeOffset at) => new()
    {
        Role = Role.Event,
        Author = author,
        Timestamp = at,
        Blocks = JsonText.Block(("type", BlockType), ("text", text), ("client", clientId)),
    };
}
