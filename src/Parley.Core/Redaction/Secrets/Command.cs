using System.Text;

namespace Parley.Core.Redaction.Secrets;

/// <summary>A command by the text that calls it, and its options that take a password.</summary>
internal sealed class Command(string name, params string[] options)
{
    public string Name { get; } = name;

    public IReadOnlyList<CommandOption> Options { get; } = [.. options.Select(CommandOption.Parse)];
}

/// <summary>An option of a command and how its password is written.</summary>
internal sealed record CommandOption(byte[] Bytes, Form Form)
{
    /// <summary>Reads <c>-p*</c>, <c>-p *</c>, <c>-u user:*</c>, <c>-passin pass:*</c>, <c>*</c>, <c>name *</c>, <c>share *</c> or <c>file user *</c>.</summary>
    public static CommandOption Parse(string text)
    {
        Form form = text switch
        {
            "*" => Form.First,
            "name *" => Form.Second,
            "share *" => Form.Share,
            "file user *" => Form.Last,
            _ when text.EndsWith(" user:*", StringComparison.Ordinal) => Form.UserAndPassword,
            _ when text.EndsWith(" pass:*", StringComparison.Ordinal) => Form.AfterColon,
            _ => text.EndsWith(" *", StringComparison.Ordinal) ? Form.Separate : Form.Attached,
        };
        string option = form is Form.First or Form.Second or Form.Share or Form.Last ? "" : text.Split(' ')[0].TrimEnd('*');
        return new(Encoding.ASCII.GetBytes(option), form);
    }
}

/// <summary>How a command takes a password.</summary>
internal enum Form
{
    /// <summary>In the same word: <c>-pX</c>.</summary>
    Attached,

    /// <summary>In the next word: <c>-p X</c>.</summary>
    Separate,

    /// <summary><c>user:X</c> or <c>user%X</c>, in the next word or, behind a short option, in the same.</summary>
    UserAndPassword,

    /// <summary><c>pass:X</c> in the next word.</summary>
    AfterColon,

    /// <summary>The first argument that is no option.</summary>
    First,

    /// <summary>The first argument that is neither an option nor a drive or share.</summary>
    Share,

    /// <summary>The second argument that is no option.</summary>
    Second,

    /// <summary>The last argument, behind two others.</summary>
    Last,
}
