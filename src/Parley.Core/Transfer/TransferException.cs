namespace Parley.Core.Transfer;

/// <summary>Why a transfer ended. The names are those of docs/protocol.md, section 7.</summary>
public enum TransferFailure
{
    /// <summary>The passphrases differ, or somebody between the two changed the handshake.</summary>
    WrongPassphrase,

    /// <summary>What answers does not speak this protocol, or breaks it in the handshake.</summary>
    NotParley,

    /// <summary>Both sides send, or both receive.</summary>
    SameRole,

    /// <summary>The two have no version of the protocol in common.</summary>
    NoCommonVersion,

    /// <summary>The handshake took longer than <see cref="TransferLimits.HandshakeTime"/>, or a frame longer than <see cref="TransferLimits.SilenceTime"/>.</summary>
    TooSlow,

    /// <summary>The sender takes nobody now: too many guesses, or it has enough receivers.</summary>
    Busy,

    /// <summary>The stream ended before the transfer did.</summary>
    CutOff,

    /// <summary>A frame is not the one that the other side sealed at this place.</summary>
    Tampered,

    /// <summary>A frame or a message is longer than its limit.</summary>
    TooLong,

    /// <summary>A message is not what the protocol says it is.</summary>
    Malformed,

    /// <summary>A message of a kind that has no place here.</summary>
    Unexpected,

    /// <summary>More sessions, files or bytes than their limit, or than was announced.</summary>
    TooMuch,

    /// <summary>A name that must not become a path.</summary>
    UnsafeName,

    /// <summary>A chunk expands to more than a chunk may hold, or does not expand at all.</summary>
    BadCompression,

    /// <summary>A file is not what its digest says.</summary>
    WrongDigest,

    /// <summary>The receiver can't write or read its staging folder.</summary>
    NotStored,

    /// <summary>The sender can't give this session; others may still be asked for.</summary>
    Unavailable,

    /// <summary>The other side ended the transfer; the message says why in its own words.</summary>
    EndedByOther,
}

/// <summary>A transfer that can't go on; the message says what happened and what to do.</summary>
public class TransferException(TransferFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public TransferFailure Failure { get; } = failure;
}

/// <summary>The two sides do not have the same passphrase. Each connection is one guess, so both go back to the start.</summary>
public sealed class WrongPassphraseException()
    : TransferException(
        TransferFailure.WrongPassphrase,
        "Wrong passphrase: it is not the one that the other side has. Compare the two and connect again; every connection is one guess, and after a few the sender stops.");
