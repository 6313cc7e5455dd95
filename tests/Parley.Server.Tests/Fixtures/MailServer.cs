using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Tests;

namespace Parley.Server.Tests.Fixtures;

/// <summary>A real mail server on loopback that keeps what it is given.</summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly NodeProgram _program;

    private MailServer(NodeProgram program, long port) => (_program, Port) = (program, port);

    public long Port { get; }

    /// <summary>What a server is told to send mail by it.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["PARLEY_SMTP_URL"] = $"smtp://127.0.0.1:{Port}",
        ["PARLEY_MAIL_FROM"] = "parley@example.org",
        ["PARLEY_PUBLIC_URL"] = "http://parley.example",
    };

    /// <param name="options">user and password that it asks for, cert and key for TLS; none of them when left out.</param>
    public static async Task<MailServer> StartAsync(object? options = null)
    {
        NodeProgram program = NodeProgram.Start("mail-server.mjs", options ?? new { });
        return new MailServer(program, (await program.HearAsync()).Number("port"));
    }

    /// <summary>The next mail that it takes.</summary>
    public async Task<TakenLetter> NextAsync() => new(await _program.HearAsync());

    /// <summary>Refuses every recipient with a code from now on; 0 for none.</summary>
    public Task RefuseAsync(int code) => _program.TellAsync(new { refuse = code });

    /// <summary>Waits until it has refused somebody; whom.</summary>
    public async Task<string> RefusedAsync() => (await _program.HearAsync()).Text("refused");

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}

/// <summary>A mail as the mail server got it.</summary>
public sealed class TakenLetter(JsonElement said)
{
    public string To => Assert.Single(said.GetProperty("to").EnumerateArray()).GetString()!;

    public string From => said.Text("from");

    public string? User => said.GetProperty("user").GetString();

    public bool IsEncrypted => said.GetProperty("encrypted").GetBoolean();

    /// <summary>As it came, header and all.</summary>
    public string Raw => said.Text("raw");

    /// <summary>The header's lines, continued ones joined.</summary>
    public string[] Header => Regex.Replace(Raw[..Raw.IndexOf("\r\n\r\n", StringComparison.Ordinal)], "\r\n[ \t]", " ").Split("\r\n");

    /// <summary>The words, decoded.</summary>
    public string Text => Decode(Raw[(Raw.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);

    /// <summary>The path of the link in it.</summary>
    public string Path => Regex.Match(Text, @"http://parley\.example(/\S+)").Groups[1].Value;

    // Quoted-printable (RFC 2045, section 6.7).
    private static string Decode(string body)
    {
        string joined = Regex.Replace(body, "=\r\n", "");
        byte[] bytes = Encoding.Latin1.GetBytes(Regex.Replace(joined, "=([0-9A-F]{2})", m => ((char)Convert.ToByte(m.Groups[1].Value, 16)).ToString()));
        return Encoding.UTF8.GetString(bytes);
    }
}
