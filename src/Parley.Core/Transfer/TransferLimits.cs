namespace Parley.Core.Transfer;

/// <summary>Every bound of a transfer (docs/protocol.md, section 8). What is beyond one is refused by name before anything of its size is held or written.</summary>
public static class TransferLimits
{
    /// <summary>How long a handshake may take, from the first byte on.</summary>
    public static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(30);

    /// <summary>How long a side that owes a frame may take for it, and how long one frame may take to be written. A person who chooses may take any time.</summary>
    public static readonly TimeSpan SilenceTime = TimeSpan.FromMinutes(2);

    /// <summary>Characters of a passphrase as it is typed.</summary>
    public const int PassphraseCharacters = 256;

    /// <summary>Bytes of a message's JSON.</summary>
    public const int MessageBytes = 1024 * 1024;

    /// <summary>Bytes of a file that one chunk carries, before compression. The frame of a full one needs no padding, and fits a buffer of 256 KiB.</summary>
    public const int ChunkBytes = 252 * 1024 - Frames.Frame.HeaderBytes;

    /// <summary>Frames that one key seals; with the largest frames less than 16 GiB, far below what GCM allows.</summary>
    public const int FramesPerKey = 16 * 1024;

    public const int SessionsPerOffer = 10_000;

    /// <summary>Bytes of JSON after which an offer goes on in a further message.</summary>
    public const int OfferPageBytes = 128 * 1024;

    /// <summary>Characters of a session's id.</summary>
    public const int IdCharacters = 128;

    /// <summary>Characters of the name of an agent's format.</summary>
    public const int AgentCharacters = 32;

    /// <summary>Characters of a summary, a project's name or a branch. A sender shortens its own; a longer one is refused.</summary>
    public const int TextCharacters = 300;

    /// <summary>Characters of the paths that say where a session was written.</summary>
    public const int PathCharacters = 4096;

    /// <summary>UTF-8 bytes of a preview. A sender cuts its own; a longer one is refused.</summary>
    public const int PreviewBytes = 64 * 1024;

    /// <summary>Characters that are shown of what the other side says about an error.</summary>
    public const int ErrorCharacters = 300;

    public const int FilesPerSession = 3_000;

    public const long BytesPerFile = 8L * 1024 * 1024 * 1024;

    public const long BytesPerSession = 16L * 1024 * 1024 * 1024;

    /// <summary>By how much a session may have grown between its offer and its choice, beyond twice what was offered.</summary>
    public const long GrowthBytes = 64L * 1024 * 1024;

    /// <summary>Characters of a file's name within its session, folders included.</summary>
    public const int NameCharacters = 200;

    /// <summary>Folders and file that a name may consist of.</summary>
    public const int NameDepth = 6;
}
