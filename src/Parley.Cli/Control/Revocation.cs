namespace Parley.Cli.Control;

/// <summary>What a revocation closes of one session, and what it leaves open.</summary>
/// <param name="Session">The session as it was.</param>
/// <param name="Closed">What is closed; nothing where nothing was open.</param>
internal sealed record Revocation(OwnSession Session, IReadOnlyList<Share> Closed)
{
    /// <summary>What stays open.</summary>
    public IEnumerable<Share> Left => Session.Shares.Except(Closed);

    /// <summary>
    /// A session's id means all that opens it for others, its link means the link alone, and a token (or its id) means that token. Null where the
    /// account has nothing of that name.
    /// </summary>
    public static Revocation? Find(IReadOnlyList<OwnSession> sessions, SharedName name)
    {
        if (name.Kind != SharedKind.Token && sessions.FirstOrDefault(session => session.Id == name.Value) is { } named)
            return new Revocation(named, [.. named.Shares.Where(share => share.IsLink || name.Kind == SharedKind.Id)]);
        return sessions.SelectMany(session => session.Tokens, (session, token) => (Session: session, Token: token))
            .Where(found => name.Value == found.Token.ShareToken || (name.Kind == SharedKind.Id && name.Value == found.Token.ShareId))
            .Select(found => new Revocation(found.Session, [found.Token]))
            .FirstOrDefault();
    }
}
