using Parley.Core.Headless;
using Parley.Server.Turns;

namespace Parley.Server.Permissions;

/// <summary>Something that the agent of a workspace may do only when somebody allows it.</summary>
public sealed record PermissionRequest
{
    public required string Id { get; init; }

    public required string SessionId { get; init; }

    public required string TurnId { get; init; }

    /// <summary>Who prompted the turn that it is asked in.</summary>
    public required Person Prompter { get; init; }

    public required PermissionCard Card { get; init; }

    public required PermissionState State { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>From when on nobody can allow it any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Who has decided.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>Whether the turn still runs under the lease that it was asked under.</summary>
    public required bool IsOfRunningTurn { get; init; }

    /// <summary>How it stands at a time, whether or not anybody has written that down.</summary>
    public PermissionState StateAt(DateTimeOffset now) =>
        State != PermissionState.Waiting ? State
        : !IsOfRunningTurn ? PermissionState.Withdrawn
        : ExpiresAt <= now ? PermissionState.Expired
        : PermissionState.Waiting;
}

/// <summary>What has become of a request.</summary>
public enum PermissionState
{
    /// <summary>Nobody has decided yet.</summary>
    Waiting,

    Allowed,

    Denied,

    /// <summary>Nobody has decided in time.</summary>
    Expired,

    /// <summary>It is asked for no more: the turn has ended, or its runner has.</summary>
    Withdrawn,
}

/// <summary>The states' names on the wire and in the database.</summary>
public static class PermissionStates
{
    public static string Name(PermissionState state) => state switch
    {
        PermissionState.Waiting => "waiting",
        PermissionState.Allowed => "allowed",
        PermissionState.Denied => "denied",
        PermissionState.Expired => "expired",
        _ => "withdrawn",
    };

    /// <summary>The state of that name. Anything else is one in which nothing is allowed.</summary>
    public static PermissionState Parse(string name) => name switch
    {
        "waiting" => PermissionState.Waiting,
        "allowed" => PermissionState.Allowed,
        "denied" => PermissionState.Denied,
        "expired" => PermissionState.Expired,
        _ => PermissionState.Withdrawn,
    };
}
