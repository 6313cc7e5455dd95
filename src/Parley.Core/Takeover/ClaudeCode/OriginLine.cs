using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>
/// The line at the root of a conversation that says where it was taken over from, to whoever reads it or has it shared with them. The client passes over it.
/// One of the sender's stays behind, so that nobody names a place that the session did not come from.
/// </summary>
internal static class OriginLine
{
    /// <summary>The id of the line, as a JSON string.</summary>
    public static byte[] IdIn(string session) => Encoding.UTF8.GetBytes($"\"{DigestId.Of(Guid.Parse(session), -1)}\"");

    /// <param name="session">The id of the session, a UUID.</param>
    /// <param name="link">Null for what came by no public one.</param>
    /// <param name="time">A JSON string.</param>
    /// <param name="workingDirectory">The receiver's project.</param>
    /// <param name="output">Where to.</param>
    public static void Write(string session, PublicLink? link, ReadOnlySpan<byte> time, string workingDirectory, Stream output)
    {
        string from = link is null ? "another machine" : link.ToString();
        Put(output, "{\"parentUuid\":null,\"isSidechain\":false,\"type\":\"system\",\"subtype\":");
        output.Write(LineClassifier.TakenOver);
        Put(output, $",\"content\":\"Taken over with Parley from {from}\",\"level\":\"info\",\"isMeta\":false,\"uuid\":");
        output.Write(IdIn(session));
        Put(output, ",\"timestamp\":");
        output.Write(time);
        Put(output, $",\"userType\":\"external\",\"cwd\":\"{JsonEncodedText.Encode(workingDirectory, JsonText.Encoder)}\",\"sessionId\":\"{session}\"}}\n");
    }

    private static void Put(Stream output, string json) => output.Write(Encoding.UTF8.GetBytes(json));
}
