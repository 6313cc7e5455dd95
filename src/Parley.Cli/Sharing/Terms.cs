namespace Parley.Cli.Sharing;

/// <summary>The terms of a share.</summary>
/// <param name="Expires">Zero for never; null for the server's default.</param>
/// <param name="IsPrivate">Whether it gets no public link.</param>
/// <param name="IsLive">Whether more entries are going to follow.</param>
internal sealed record Terms(TimeSpan? Expires, bool IsPrivate, bool IsLive = false);
