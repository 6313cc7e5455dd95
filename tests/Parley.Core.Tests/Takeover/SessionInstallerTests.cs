using Parley.Core.Takeover;
using Parley.Tests;
using Xunit;

namespace Parley.Core.Tests.Takeover;

public sealed class SessionInstallerTests : IDisposable
{
    private readonly Receiver _receiver = new();

    public static TheoryData<string> Sessions => [.. Corpus.Names];

    public void Dispose() => _receiver.Dispose();

    [Theory]
    [MemberData(nameof(Sessions))]
    public void Every_session_is_installed_and_found_there_again(string name)
    {
        InstalledSession first = _receiver.Take(Corpus.Session(name));
        Assert.Equal(InstallOutcome.Installed, first.Outcome);
        Assert.Equal(Path.GetFileNameWithoutExtension(Corpus.Session(name)), first.SessionId);
        IReadOnlyList<string> files = _receiver.ClientFiles();
        InstalledSession again = _receiver.Take(Corpus.Session(name));
        Assert.Equal(first with { Outcome = InstallOutcome.AlreadyThere }, again);
        Assert.Equal(files, _receiver.ClientFiles());
    }
}
