namespace Parley.Core.Redaction;

/// <summary>For what a text is to be searched.</summary>
[Flags]
internal enum Clues
{
    None = 0,

    /// <summary>Secrets, by their form or by the name beside them.</summary>
    Secrets = 1,

    /// <summary>Values that were found elsewhere.</summary>
    Known = 2,

    /// <summary>Home folders, login and host names.</summary>
    Personal = 4,

    All = Secrets | Known | Personal,
}
