using Parley.Cli.Control;
using Parley.Cli.Servers;

namespace Parley.Cli.Sharing;

/// <summary>The link that a share is told by: a token's where its terms ask for one.</summary>
internal static class TokenLink
{
    public static async Task<ShareResult> LinkAsync(this ServerApi server, ShareResult shared, Terms terms, CancellationToken cancel)
    {
        if (!terms.ByToken)
            return shared;
        MadeToken made = await server.MakeTokenAsync(shared.ShareId, name: null, terms.Expires, cancel);
        return shared with { Url = made.Url, ShareToken = made.ShareToken, ExpiresAt = made.ExpiresAt };
    }
}
