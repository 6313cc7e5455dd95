namespace Parley.Core.Context;

/// <summary>A file that does not become part of a snapshot.</summary>
/// <param name="Path">Below the folder.</param>
/// <param name="Reason">Why.</param>
public sealed record LeftOut(string Path, LeftOutReason Reason);

/// <summary>Why a file stays out of a snapshot.</summary>
public enum LeftOutReason
{
    /// <summary>It holds something that looks like a secret. It is taken when it is chosen by its own name.</summary>
    Secrets,

    /// <summary>It is no text in UTF-8.</summary>
    Binary,

    /// <summary>It is larger than <see cref="ContextLimits.FileBytes"/>.</summary>
    TooLarge,

    /// <summary>It is one more than <see cref="ContextLimits.Files"/>.</summary>
    TooMany,

    /// <summary>It is a link that leads out of the folder.</summary>
    Link,

    /// <summary>Its name is none that a snapshot can hold.</summary>
    Name,

    /// <summary>It can't be read.</summary>
    Unreadable,

    /// <summary>The project's ignore rules leave it out.</summary>
    Ignored,
}

/// <summary>The reasons in words, and their names on the wire.</summary>
public static class LeftOutReasons
{
    public static string Name(LeftOutReason reason) => reason switch
    {
        LeftOutReason.Secrets => "secrets",
        LeftOutReason.Binary => "binary",
        LeftOutReason.TooLarge => "tooLarge",
        LeftOutReason.TooMany => "tooMany",
        LeftOutReason.Link => "link",
        LeftOutReason.Name => "name",
        LeftOutReason.Ignored => "ignored",
        _ => "unreadable",
    };

    public static string Words(LeftOutReason reason) => reason switch
    {
        LeftOutReason.Secrets => "holds what looks like a secret",
        LeftOutReason.Binary => "is not text",
        LeftOutReason.TooLarge => $"is larger than {ContextLimits.FileBytes / 1024 / 1024} MiB",
        LeftOutReason.TooMany => $"is one more than the {ContextLimits.Files:N0} files of a folder",
        LeftOutReason.Link => "is a link that leads elsewhere",
        LeftOutReason.Name => "has a name that can't be kept",
        LeftOutReason.Ignored => "is ignored by the project",
        _ => "can't be read",
    };
}
