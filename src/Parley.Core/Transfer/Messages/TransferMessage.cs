using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Core.Transfer.Messages;

/// <summary>What one side says to the other, beside the chunks of files (docs/protocol.md, section 5): a JSON object whose <c>type</c> names it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(OfferMessage), "offer")]
[JsonDerivedType(typeof(PreviewMessage), "preview")]
[JsonDerivedType(typeof(PreviewedMessage), "previewed")]
[JsonDerivedType(typeof(ChooseMessage), "choose")]
[JsonDerivedType(typeof(SessionMessage), "session")]
[JsonDerivedType(typeof(FileMessage), "file")]
[JsonDerivedType(typeof(DigestMessage), "digest")]
[JsonDerivedType(typeof(UnavailableMessage), "unavailable")]
[JsonDerivedType(typeof(WholeMessage), "whole")]
[JsonDerivedType(typeof(GoodbyeMessage), "goodbye")]
[JsonDerivedType(typeof(ErrorMessage), "error")]
internal abstract record TransferMessage;

/// <summary>Sender: what there is to choose from, in as many messages as it takes.</summary>
internal sealed record OfferMessage(IReadOnlyList<OfferedMessage> Sessions, bool More = false) : TransferMessage;

/// <summary>An <see cref="OfferedSession"/> on the wire, where only the first three must be there.</summary>
internal sealed record OfferedMessage(
    string Id,
    string Agent,
    string Summary,
    string Project = "",
    string? Branch = null,
    int Messages = 0,
    DateTimeOffset? Modified = null,
    bool IsSidechain = false,
    long Bytes = 0);

/// <summary>Receiver: asks for the text of a session, to look at.</summary>
internal sealed record PreviewMessage(string Id) : TransferMessage;

/// <summary>Sender: that text.</summary>
internal sealed record PreviewedMessage(string Id, string Text) : TransferMessage;

/// <summary>Receiver: asks for a session, and says what it has of it from an earlier attempt.</summary>
internal sealed record ChooseMessage(string Id, IReadOnlyList<PartMessage> Have) : TransferMessage;

/// <summary>The beginning of a file that the receiver has: its length in bytes, and their SHA-256.</summary>
internal sealed record PartMessage(string Name, long Length, byte[] Sha256);

/// <summary>Sender: what follows, before any of it.</summary>
internal sealed record SessionMessage(string Id, string Agent, OriginMessage Origin, IReadOnlyList<AnnouncedFile> Files) : TransferMessage;

internal sealed record OriginMessage(string? Home = null, string? WorkingDirectory = null);

internal sealed record AnnouncedFile(string Name, long Length);

/// <summary>Sender: the next file begins, from this byte on: 0, or as much as the receiver said that it has.</summary>
internal sealed record FileMessage(string Name, long Offset) : TransferMessage;

/// <summary>Sender: the file is complete; the SHA-256 of all its bytes.</summary>
internal sealed record DigestMessage(byte[] Sha256) : TransferMessage;

/// <summary>Sender: this session can't be had, or not to its end.</summary>
internal sealed record UnavailableMessage(string Id, string Message) : TransferMessage;

/// <summary>Receiver: the session arrived whole and every digest is right.</summary>
internal sealed record WholeMessage(string Id) : TransferMessage;

/// <summary>Receiver: that was all. The stream ends, and is not cut off.</summary>
internal sealed record GoodbyeMessage : TransferMessage;

/// <summary>Either side: the transfer can't go on.</summary>
internal sealed record ErrorMessage(string Failure, string Message) : TransferMessage;

/// <summary>Messages as JSON: unknown members are ignored, doubled or missing ones are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(TransferMessage))]
internal sealed partial class MessageJson : JsonSerializerContext
{
    /// <summary>As generated, but text that needs no escape in JSON gets none.</summary>
    public static MessageJson Relaxed => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = Sessions.JsonText.Encoder });
}
