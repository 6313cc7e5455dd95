using System.Buffers;

namespace Parley.Core.Redaction;

/// <summary>
/// Redacts a file of text or JSON lines in one pass. What comes of it is held back until the end; only the runs of lines in which a value may
/// stand that became known behind them are then read and redacted once more. The result is that of learning from all of it first, but for
/// the numbers of values, which follow the order in which they were found.
/// </summary>
/// <param name="redactor">One that is used for this file only.</param>
/// <param name="isJson">Whether each line is a JSON value.</param>
public sealed class FileRedactor(Redactor redactor, bool isJson)
{
    /// <summary>The most that is held back. Of what comes behind it is only learned at first, and it is redacted in a second pass.</summary>
    public const int MaxHeld = 64 * 1024 * 1024;

    private const int JsonRun = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _output = new(1024 * 1024);
    private readonly List<Run> _runs = [];
    private Run? _run;
    private long _position;
    private long _held;

    internal long Limit { get; init; } = MaxHeld;

    /// <summary>Takes the next piece of the file, which ends where a line ends.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        while (piece.Length > 0)
        {
            int end = isJson ? piece.IndexOf((byte)'\n') + 1 : piece.Length;
            ReadOnlySpan<byte> unit = end == 0 ? piece : piece[..end];
            AddUnit(unit);
            _position += unit.Length;
            piece = piece[unit.Length..];
        }
    }

    /// <summary>Writes the redacted file, and completes the redactor's report.</summary>
    /// <param name="input">The whole file, of which parts are read again.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancel">Leaves the output unfinished.</param>
    public void Finish(Stream input, Stream output, CancellationToken cancel)
    {
        EndRun(_output.WrittenCount);
        redactor.Report.Take();
        byte[] text = [];
        foreach (Run run in _runs)
        {
            cancel.ThrowIfCancellationRequested();
            if (run.IsHeld && run.Known == redactor.KnownCount)
            {
                Write(run, output);
                continue;
            }
            if (text.Length < run.Length)
                text = new byte[run.Length];
            input.Position = run.Start;
            input.ReadExactly(text, 0, run.Length);
            ReadOnlySpan<byte> there = text.AsSpan(0, run.Length);
            if (!run.IsHeld || redactor.MayChangeSince(run.Known, there))
                Redact(there, run, output);
            else
                Write(run, output);
        }
    }

    // What is redacted at once: a piece of text, or a line of JSON. It has been searched for what it gave away itself.
    private void AddUnit(ReadOnlySpan<byte> unit)
    {
        int written = _output.WrittenCount, line = redactor.Line;
        bool isHeld = _held < Limit;
        if (isHeld)
            Redact(unit);
        else
            Learn(unit);
        if (_run is null || _run.IsHeld != isHeld || _run.Known != redactor.KnownCount || _run.Length >= (isJson ? JsonRun : 0))
        {
            EndRun(written);
            _run = new Run(_position, line, redactor.KnownCount, isHeld);
        }
        _run.Length += unit.Length;
        redactor.Report.MoveTo(_run.Report);
    }

    // The run that ends has the output up to a place; what is behind it belongs to the next.
    private void EndRun(int written)
    {
        if (_run is null)
            return;
        ReadOnlySpan<byte> output = _output.WrittenSpan;
        _run.Output = output[..written].ToArray();
        _runs.Add(_run);
        _held += written;
        byte[] rest = output[written..].ToArray();
        _output.ResetWrittenCount();
        _output.Write(rest);
    }

    private void Redact(ReadOnlySpan<byte> text)
    {
        if (isJson)
            redactor.RedactJsonLines(text, _output);
        else
            redactor.RedactText(text, _output);
    }

    private void Redact(ReadOnlySpan<byte> text, Run run, Stream output)
    {
        redactor.Line = run.Line;
        _output.ResetWrittenCount();
        Redact(text);
        output.Write(_output.WrittenSpan);
    }

    private void Write(Run run, Stream output)
    {
        output.Write(run.Output);
        run.Report.MoveTo(redactor.Report);
    }

    private void Learn(ReadOnlySpan<byte> unit)
    {
        if (isJson)
            redactor.LearnJson(unit.TrimEnd((byte)'\n'));
        else
            redactor.LearnText(unit);
        redactor.Line += unit.Count((byte)'\n');
    }

    /// <summary>Lines behind which nothing became known before the next run.</summary>
    /// <param name="start">Where in the file it begins.</param>
    /// <param name="line">How many lines stand before it.</param>
    /// <param name="known">How many values were known when it was redacted.</param>
    /// <param name="isHeld">Whether it was redacted: else it has only been learned from.</param>
    private sealed class Run(long start, int line, int known, bool isHeld)
    {
        public long Start { get; } = start;

        public int Line { get; } = line;

        public int Known { get; } = known;

        public bool IsHeld { get; } = isHeld;

        public int Length { get; set; }

        /// <summary>What it has become.</summary>
        public byte[] Output { get; set; } = [];

        public RedactionReport Report { get; } = new();
    }
}
