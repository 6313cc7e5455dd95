namespace Parley.Cli.Context;

/// <summary>A resource on its way to the server: <c>POST /api/sessions/{id}/context</c>.</summary>
internal sealed record NewResource(string Kind, string Name, IReadOnlyList<NewFile> Files, bool Locked);

internal sealed record NewFile(string Path, string Sha256, long Size, bool Chosen);

internal sealed record ResourceReceipt(string ResourceId, IReadOnlyList<string> Missing, IReadOnlyList<RefusedFile> Refused);

internal sealed record ContentsReceipt(int Stored, IReadOnlyList<RefusedFile> Refused);

internal sealed record RefusedFile(string Path, string Reason);

/// <summary>A resource of a session's context, as the server tells of it.</summary>
internal sealed record SharedResource(string ResourceId, string Kind, string Name, string Permission, bool Locked, bool Complete, long Files, long Bytes);

internal sealed record SharedContext(IReadOnlyList<SharedResource> Resources);

internal sealed record NewPermission(string Permission);

/// <summary>What a resource has: <c>GET /api/sessions/{id}/context/{resourceId}/files</c>.</summary>
internal sealed record SharedFileList(IReadOnlyList<SharedFile> Files);

internal sealed record SharedFile(string Path, string Sha256, long Size);
