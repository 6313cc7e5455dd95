using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>
/// A line at the head of a transcript that says where it was taken over from: <c>{"type":"parley-origin","link":"https://…/s/…"}</c>, without a link for
/// what came by no public one. The client passes over types that it doesn't know. A line of the sender's stays behind.
/// </summary>
internal static class OriginLine
{
    public const string Type = "parley-origin";

    public static void Write(SessionOriginLink? link, Stream output)
    {
        string member = link is null ? "" : $",\"link\":\"{JsonEncodedText.Encode(link.ToString(), JsonText.Encoder)}\"";
        output.Write(Encoding.UTF8.GetBytes($"{{\"type\":\"{Type}\"{member}}}\n"));
    }
}
