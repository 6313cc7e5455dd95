using Parley.Core.Redaction.Scanning;
using Parley.Core.Redaction.Secrets;

namespace Parley.Core.Redaction;

/// <summary>Says whether a text holds a secret, for what is left out as a whole where redaction would spoil it. Not thread-safe.</summary>
public sealed class SecretCheck
{
    private readonly SecretFinder _finder = new();
    private readonly LogicalText _view = new();
    private readonly Pile<Match> _found = new();

    /// <summary>Whether any rule finds something in a text in UTF-8 that no redactor has replaced.</summary>
    public bool Finds(ReadOnlySpan<byte> text)
    {
        _found.Clear();
        ReadOnlySpan<byte> logical = _view.Read(text);
        if (_finder.Scan(logical))
            _finder.Find(logical, _view, _found);
        Markers.Protect(logical, _found);
        return _found.Count > 0;
    }
}
