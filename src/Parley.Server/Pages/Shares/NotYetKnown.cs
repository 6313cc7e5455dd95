#pragma warning disable CA1822 // An extension that does not look at what it extends.
using Parley.Server.Sessions;
using Parley.Server.Sharing;

namespace Parley.Server.Pages.Shares;

/// <summary>What the pages show and nothing counts yet; a member of the type itself takes its place.</summary>
internal static class NotYetKnown
{
    extension(SessionSummary session)
    {
        internal int Viewers => 0;

        internal bool Live => false;

        internal bool Ended => false;
    }

    extension(SharedSession shared)
    {
        internal long Readers => 0;
    }
}
