namespace Parley.Core.Context;

/// <summary>How much context a session may have. What is above is left out with a reason, or refused, and never cut.</summary>
public static class ContextLimits
{
    /// <summary>The files of one resource.</summary>
    public const int Files = 5_000;

    /// <summary>The bytes of one file.</summary>
    public const int FileBytes = 1024 * 1024;

    /// <summary>The bytes of all files of a session, each content counted once.</summary>
    public const long SessionBytes = 128L * 1024 * 1024;

    /// <summary>The resources of a session.</summary>
    public const int Resources = 50;

    /// <summary>The characters of a path or of a resource's name.</summary>
    public const int PathCharacters = 512;

    /// <summary>The bytes of a manifest as JSON.</summary>
    public const int ManifestBytes = 8 * 1024 * 1024;

    /// <summary>The bytes of the contents in one request, expanded.</summary>
    public const int UploadBytes = 32 * 1024 * 1024;

    /// <summary>The media type of contents: each is its length in four bytes, the highest first, and then its bytes.</summary>
    public const string ContentsType = "application/vnd.parley.contents";
}
