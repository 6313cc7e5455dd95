using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover.Bundles;

/// <summary>A transcript that was made of a bundle, and what is to be said of it.</summary>
/// <param name="Session">Its files.</param>
/// <param name="Title">What the session is called.</param>
/// <param name="LastLine">The line that the conversation goes on from.</param>
/// <param name="Mark">What the lines bear that say who wrote what.</param>
/// <param name="People">Who wrote in it, where it was several people's.</param>
/// <param name="Notes">How many notes between people there are.</param>
/// <param name="Entries">How many entries are made of the bundle: all of them, or those after a <see cref="Beginning"/>.</param>
public sealed record StagedConversation(
    ReceivedSession Session, string Title, Guid LastLine, string Mark, IReadOnlyCollection<string> People, int Notes, long Entries)
{
    /// <summary>The lines that end the transcript with something that the agent is told and the client does not show.</summary>
    /// <param name="text">What.</param>
    /// <param name="title">What the client calls the session from now on.</param>
    /// <param name="at">When.</param>
    public byte[] Ending(string text, string title, DateTimeOffset at)
    {
        Guid id = DigestId.Of(LastLine, -1);
        string session = $"\"sessionId\":\"{Session.Id}\"";
        return Encoding.UTF8.GetBytes(
            $$"""
            {"parentUuid":"{{LastLine}}","isSidechain":false,"type":"user","isMeta":true,"uuid":"{{id}}","message":{"role":"user","content":{{Quote(text)}}},"timestamp":"{{JsonText.Timestamp(at)}}","userType":"external",{{session}}}
            {"type":"custom-title","customTitle":{{Quote(title)}},{{session}}}
            {"type":"last-prompt","leafUuid":"{{id}}",{{session}}}

            """);
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JsonText.Encoder)}\"";
}
