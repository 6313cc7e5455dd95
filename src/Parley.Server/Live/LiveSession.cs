using Parley.Core.Redaction;
using Parley.Core.Rendering;
using Parley.Server.Intake;

namespace Parley.Server.Live;

/// <summary>
/// What the server remembers of a session while it is driven: the values that its redactor has learned, the calls whose results may come, and
/// the text that is being written. Whoever holds it is alone with it.
/// </summary>
internal sealed class LiveSession : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public LiveSession()
    {
        Redactor = ArrivalRedactor.OfDriver();
        Deltas = new DeltaRedactor(Redactor);
    }

    public Redactor Redactor { get; }

    /// <summary>Has seen the entries up to <see cref="RenderedUpTo"/>.</summary>
    public EntryRenderer Renderer { get; set; } = new();

    /// <summary>The newest entry that the renderer has seen; 0 for none.</summary>
    public long RenderedUpTo { get; set; }

    public DeltaRedactor Deltas { get; }

    /// <summary>Waits until nobody else holds it.</summary>
    public async ValueTask<LiveSession> EnterAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        return this;
    }

    /// <summary>Lets the next one in.</summary>
    public void Dispose() => _gate.Release();
}
