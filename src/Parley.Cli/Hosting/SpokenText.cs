using System.Text;

namespace Parley.Cli.Hosting;

/// <summary>Passes text on as it is written: what comes while a piece is on its way goes with the next one.</summary>
internal sealed class SpokenText(Func<string, Task> say)
{
    // The server takes no longer pieces.
    private const int MaxPiece = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly StringBuilder _waiting = new();
    private Task _saying = Task.CompletedTask;

    public void Add(string text)
    {
        lock (_gate)
        {
            _waiting.Append(text);
            if (_saying.IsCompleted)
                _saying = Task.Run(SayAsync);
        }
    }

    /// <summary>Waits until all of it is passed on.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
            return _saying;
    }

    private async Task SayAsync()
    {
        while (Take() is { Length: > 0 } piece)
            await say(piece);
    }

    private string Take()
    {
        lock (_gate)
        {
            string piece = _waiting.ToString(0, Math.Min(_waiting.Length, MaxPiece));
            _waiting.Remove(0, piece.Length);
            return piece;
        }
    }
}
