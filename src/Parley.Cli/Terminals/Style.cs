namespace Parley.Cli.Terminals;

/// <summary>Colours for one stream; where it is no terminal, or colours are not wanted, the text stays as it is.</summary>
internal sealed class Style(bool isTerminal)
{
    private readonly bool _on = isTerminal && Terminal.AllowsColor;

    public static Style OfOut { get; } = new(Terminal.OutIsTerminal);

    public static Style OfError { get; } = new(Terminal.ErrorIsTerminal);

    public string Bold(string text) => Wrap("1", text);

    public string Dim(string text) => Wrap("2", text);

    public string Link(string text) => Wrap("4;36", text);

    /// <summary>Where the person is in a list.</summary>
    public string Reverse(string text) => Wrap("7", text);

    public string Warning(string text) => Wrap("33", text);

    private string Wrap(string code, string text) => _on ? $"\e[{code}m{text}\e[0m" : text;
}
