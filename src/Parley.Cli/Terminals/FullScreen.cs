using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace Parley.Cli.Terminals;

/// <summary>
/// The whole terminal, taken for a while on its other screen, and given back as it was: at the end, at an error, and at a
/// signal that ends the command.
/// </summary>
internal sealed class FullScreen : IDisposable
{
    // The other screen, no cursor, and no wrapping: a character that is wider than was reckoned must not move the lines below.
    private const string Take = "\e[?1049h\e[?25l\e[?7l\e[2J", GiveBack = "\e[?7h\e[?25h\e[?1049l";

    private readonly Lock _gate = new();
    private readonly Channel<bool> _redraws = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<PosixSignalRegistration> _signals = [];
    private bool _taken;

    private FullScreen()
    {
        foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            Handle(signal, _ => Leave());
        if (!OperatingSystem.IsWindows())
        {
            // Ctrl-Z does nothing: the runtime stops no process whose signal it was asked to handle.
            Handle(PosixSignal.SIGTSTP, signal => signal.Cancel = true);
            Handle(PosixSignal.SIGCONT, _ => Redraw());
            Handle(PosixSignal.SIGWINCH, _ => Redraw());
        }
        Enter();
    }

    /// <summary>Whether there is a terminal to take, and somebody who types.</summary>
    public static bool CanOpen => Terminal.CanAsk && Environment.GetEnvironmentVariable("TERM") != "dumb";

    public static FullScreen Open() => new();

    public static int Width => Math.Max(Console.WindowWidth, 1);

    public static int Height => Math.Max(Console.WindowHeight, 1);

    /// <summary>Comes back when the screen has another size, or the command was stopped and goes on, and all is to be drawn anew.</summary>
    public Task DrawnOverAsync(CancellationToken cancel) => _redraws.Reader.ReadAsync(cancel).AsTask();

    /// <summary>Draws all lines of the screen; each must fit.</summary>
    public void Draw(IReadOnlyList<string> lines)
    {
        var frame = new StringBuilder();
        foreach ((int row, string line) in lines.Index())
            frame.Append($"\e[{row + 1};1H\e[2K").Append(line);
        lock (_gate)
        {
            if (_taken)
                Terminal.Error.Write(frame);
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        Leave();
    }

    private void Handle(PosixSignal signal, Action<PosixSignalContext> action) => _signals.Add(PosixSignalRegistration.Create(signal, action));

    private void Redraw() => _redraws.Writer.TryWrite(true);

    private void Enter()
    {
        lock (_gate)
        {
            if (!_taken)
                Terminal.Error.Write(Take);
            _taken = true;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (_taken)
                Terminal.Error.Write(GiveBack);
            _taken = false;
        }
    }
}
