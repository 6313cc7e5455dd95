using System.Net;
using System.Security.Authentication;
using Parley.Cli.Terminals;
using Parley.Core.Transfer;

namespace Parley.Cli.Relaying;

/// <summary>What went wrong between the command and a relay, as a sentence that says what to do.</summary>
internal sealed class RelayErrors(Uri server)
{
    private readonly string _server = server.ToString().TrimEnd('/');

    /// <summary>There was no answer.</summary>
    public RelayFailure NoAnswer(Exception reason) => new(
        $"the relay at {_server} does not answer ({Reason(reason)}). "
        + (server.IsLoopback
            ? "Start the server with `parley serve`, or name a server that both of you reach: --relay URL."
            : "Check the address and the network."));

    /// <summary>The server answered that there is no talking to its relay.</summary>
    public RelayFailure Refused(HttpStatusCode status) => new(status switch
    {
        HttpStatusCode.Forbidden => $"the relay of {_server} is turned off. Name another server with --relay URL.",
        HttpStatusCode.NotFound => $"what answers at {_server} has no relay: it is no Parley server, or an old one. Name another server with --relay URL.",
        HttpStatusCode.TooManyRequests => $"the relay at {_server} has too many connections, from this address or in all. Try again in a minute.",
        _ => $"the relay at {_server} answered {(int)status} instead of opening a socket. A proxy before it must let WebSockets through.",
    });

    /// <summary>The relay said no, or something that it should not have said.</summary>
    public static RelayFailure Unexpected(RelayMessage? said) => said switch
    {
        { Type: RelayMessage.Error, Code: "NO_ROOM" } => new("there is no room with this code: it was mistyped, or the room has ended. Ask the sender for the code that is shown now."),
        { Type: RelayMessage.Error, Code: "ROOM_BURNT" } => new("too many wrong passphrases were tried, so the relay has closed this room. Run `parley send --relay` again."),
        { Type: RelayMessage.Error } => new($"the relay says: {DisplayText.OneLine(said.Message ?? said.Code)}"),
        { Type: RelayMessage.PeerDisconnected } => new("the other side has gone."),
        null => new("the relay closed the connection. Try again."),
        _ => new("what answers is not a relay that this version of Parley understands. Update both, or name another server with --relay URL."),
    };

    /// <summary>The relay did not give a room's maker another place in it.</summary>
    public static RelayFailure NotTakenBack(RelayMessage? said) => said is { Type: RelayMessage.Error, Code: "NO_ROOM" }
        ? new("the relay does not know the room any more: it was restarted, or the connection to it was broken for too long. Run `parley send --relay` again.")
        : Unexpected(said);

    private static string Reason(Exception e)
    {
        Exception inner = e;
        while (inner.InnerException is { } next && inner is not AuthenticationException)
            inner = next;
        return inner.Message.TrimEnd('.');
    }
}

/// <summary>That a relay was not reached, or did not do what it was asked.</summary>
internal sealed class RelayFailure(string message) : Failure(message);
