using Parley.Core.Takeover.ClaudeCode;
using Parley.Core.Takeover.Codex;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transcripts.Codex;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover;

/// <summary>Makes a session that arrived one of the receiver's agent, so that it can be resumed. Each agent has its own way.</summary>
public static class SessionInstaller
{
    /// <summary>
    /// Installs a session. It is there whole or not at all, and nothing is ever overwritten: the same once more changes nothing, and a session whose id names
    /// another one here gets an id of its own.
    /// </summary>
    /// <param name="received">Its files, which stay where they are.</param>
    /// <param name="target">Where to.</param>
    /// <param name="cancel">Leaves nothing behind.</param>
    /// <exception cref="TakeoverException">It is no session of an agent that is known, or holds nothing.</exception>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public static InstalledSession Install(ReceivedSession received, InstallTarget target, CancellationToken cancel = default) => received.Agent switch
    {
        ClaudeCodeReader.Agent => new ClaudeCodeInstaller(received, target).Install(cancel),
        CodexReader.Agent => new CodexInstaller(received, target).Install(cancel),
        _ => throw new TakeoverException($"sessions of '{received.Agent}' can't be taken over with this version of Parley."),
    };
}
