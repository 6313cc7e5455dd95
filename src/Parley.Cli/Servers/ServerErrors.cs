using System.Net;
using Parley.Cli.Terminals;

namespace Parley.Cli.Servers;

/// <summary>What went wrong between the command and a server, as a sentence that says what to do.</summary>
internal sealed class ServerErrors(Uri address, Setting? key)
{
    private readonly string _server = address.ToString().TrimEnd('/');

    public static Failure NoKey(Uri address) => new(
        $"there is no API key for {address.ToString().TrimEnd('/')}: neither {Settings.KeyVariable} nor {Credentials.FilePath} has one. "
        + (address.IsLoopback
            ? "Start the server once with `parley serve`: it writes a key for this machine."
            : $"Make one where the server runs, with `parley keys create NAME`, and set {Settings.KeyVariable} to it."));

    /// <summary>Nobody answered; <paramref name="reason"/> is what the network said, where that helps.</summary>
    public ServerFailure NoAnswer(string? reason) => new(
        $"the server at {_server} does not answer{(reason is null ? "" : $" ({reason})")}. "
        + (address.IsLoopback
            ? "Start it with `parley serve`."
            : $"Check the address ({Settings.Server().Origin}) and the network."));

    public ServerFailure NotParley() => new($"what answers at {_server} is not a Parley server. Check the address: `parley config`.");

    /// <summary>The server answered, and said no.</summary>
    /// <param name="answer">Its answer.</param>
    /// <param name="problem">What it said in words.</param>
    /// <param name="subject">What was asked for: <c>session abc</c>, <c>key 3</c>, or a path.</param>
    public ServerFailure Refused(HttpResponseMessage answer, Problem? problem, string subject) => new(Sentence(answer, problem, subject))
    {
        Status = answer.StatusCode,
        RetryAfter = answer.Headers.RetryAfter?.Delta,
        LastSeq = problem?.LastSeq,
        MovedTo = problem?.MovedTo,
    };

    /// <summary>The server had begun to answer, and said no then.</summary>
    public ServerFailure Refused(Problem problem) => new(With($"the server at {_server} refused, and nothing has changed", DisplayText.OneLine(problem.Detail ?? problem.Title)))
    {
        Status = (HttpStatusCode?)problem.Status,
    };

    /// <summary>The answer has ended before its end.</summary>
    public ServerFailure BrokenOff(string advice) => new($"the server at {_server} broke off its answer. {advice}");

    private string Sentence(HttpResponseMessage answer, Problem? problem, string subject)
    {
        string said = DisplayText.OneLine(problem?.Detail ?? problem?.Title);
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized when key is null => NoKey(address).Message,
            HttpStatusCode.Unauthorized =>
                $"the server at {_server} does not accept the API key from {key?.Origin}. Make one where it runs, with `parley keys create NAME`.",
            HttpStatusCode.Forbidden => With($"the API key from {key?.Origin} may not do this", said),
            HttpStatusCode.NotFound when subject.StartsWith("session ", StringComparison.Ordinal) =>
                $"there is no {subject} of yours on {_server}: it was taken back, it has expired, or it is not yours. `parley list` shows what is there.",
            HttpStatusCode.NotFound when subject.StartsWith("link ", StringComparison.Ordinal) =>
                $"there is nothing to read at the {subject}: it was taken back, it has expired, or it never was a session's.",
            HttpStatusCode.NotFound when subject.StartsWith("key ", StringComparison.Ordinal) =>
                $"there is no {subject} on {_server}. `parley keys list` shows what is there.",
            HttpStatusCode.NotFound => NotParley().Message,
            HttpStatusCode.RequestEntityTooLarge =>
                With("the session is larger than the server takes", said) + " Leave tool output out with --no-tool-results, or begin later with --from ENTRY.",
            HttpStatusCode.TooManyRequests => With("the server asks to slow down", said) + $" Try again {RetryTime(answer)}.",
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
                $"{_server} has moved to {answer.Headers.Location}: use `parley config set server URL` with the new address.",
            _ => With($"the server at {_server} answered {(int)answer.StatusCode}", said),
        };
    }

    private static string With(string sentence, string said) => said.Length > 0 ? $"{sentence}: {said.TrimEnd('.')}." : $"{sentence}.";

    private static string RetryTime(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter?.Delta is { } delta ? $"in {Math.Ceiling(delta.TotalSeconds)} s" : "later";
}

/// <summary>That a server did not do what it was asked.</summary>
internal sealed class ServerFailure(string message) : Failure(message)
{
    /// <summary>What it answered; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>When it wants to be asked again, where it says so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The last entry of the session that was appended to, where the caller had another one in mind.</summary>
    public int? LastSeq { get; init; }

    /// <summary>Where the conversation goes on, when nothing is appended to it from here any more.</summary>
    public string? MovedTo { get; init; }
}
