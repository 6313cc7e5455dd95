using System.ComponentModel;
using Parley.Cli.Control;
using Parley.Cli.Promoting;
using Parley.Cli.Sharing;

namespace Parley.Cli.Mcp;

// What the tools answer. Structured content takes the place of the text for the model, so each answer says in `message` what it means.

internal sealed record SharedSession(
    [property: Description("Where the session is read; give it to the user")] string Url,
    [property: Description("The share's id, for unshare_session and create_share_token")] string ShareId,
    string Title,
    [property: Description("Whether the page grows while the session goes on")] bool Live,
    [property: Description("How many entries went out")] int Entries,
    [property: Description("How many values of each kind were taken out")] IReadOnlyDictionary<string, int> Redactions,
    DateTimeOffset? ExpiresAt,
    string Message);

internal sealed record SharedChat(
    [property: Description("Where the people meet; give it to the user")] string Url,
    [property: Description("The share's id, for unshare_session")] string ShareId,
    [property: Description("Who was invited; where a link stands, the user has to pass it on to that person")] IReadOnlyList<InvitedPerson> Invited,
    [property: Description("What the agent there may use; null when that was left as it is")] PermittedContext? Context,
    string Mode,
    [property: Description("What was done, in order: tell the user")] IReadOnlyList<string> Steps,
    [property: Description("Files of the folders that stayed on this machine, at most 20; tell the user of those with secrets")] IReadOnlyList<string> LeftOut,
    string Message)
{
    private const int Listed = 20;

    public static SharedChat Of(PromotionResult result, IReadOnlyList<string> leftOut)
    {
        bool moves = result.Mode == PromotionRequest.Multiplayer;
        string mail = result.Invited.Any(person => person.Link is not null) ? " The server sends no mail: tell the user to pass each person their link." : "";
        string context = result.Context is { } shared ? $" The agent there may use {shared}; all else stays private." : "";
        string goesOn = moves ? "From now on the conversation goes on there, and nothing that is typed here goes there." : "It goes on here, and they read along.";
        return new SharedChat(
            result.Url, result.ShareId, result.Invited, result.Context, result.Mode, [.. result.Steps.Select(step => step.Detail is null ? step.Title : $"{step.Title}: {step.Detail}")],
            [.. leftOut.Take(Listed)],
            $"Shared in {result.Mode} mode: {result.Url}{context}{mail} {goesOn}");
    }
}

internal sealed record UnsharedSession(string ShareId, string Message);

internal sealed record ListedSession(
    string ShareId,
    string Title,
    string Url,
    [property: Description("Whether anyone with the link can read it")] bool HasLink,
    bool Live,
    long Entries,
    [property: Description("Who has it open now")] long Viewers,
    DateTimeOffset? ExpiresAt,
    IReadOnlyList<ListedToken> Tokens)
{
    public static ListedSession Of(OwnSession own) => new(
        own.Id, own.Session.Title, own.Session.Url, own.Session.IsPublic, own.Session.Live, own.Session.MessageCount, own.Session.Viewers,
        own.Session.ExpiresAt,
        [.. own.Tokens.Select(token => new ListedToken(token.ShareId, token.Name, token.ExpiresAt))]);
}

internal sealed record ListedToken([property: Description("For revoke_share_token")] string Id, string? Name, DateTimeOffset? ExpiresAt);

internal sealed record ListedSessions(IReadOnlyList<ListedSession> Sessions, [property: Description("How many there are in all; the newest are listed")] int Total, string Message);

internal sealed record RedactionPreview(
    string Title,
    string Project,
    int Entries,
    int Prompts,
    int ToolCalls,
    int ToolResults,
    [property: Description("Images; nobody looks for secrets in their pixels")] int Images,
    [property: Description("Files that tool calls name, at most 20")] IReadOnlyList<string> Files,
    [property: Description("How many values of each kind are taken out")] IReadOnlyDictionary<string, int> Redactions,
    [property: Description("What is taken out, masked, at most 20")] IReadOnlyList<PreviewedValue> Values,
    string Message)
{
    /// <summary>Longer lists go to people by <c>parley share --preview</c>: what stands here is paid for as context.</summary>
    private const int Listed = 20;

    public static RedactionPreview Of(Survey survey)
    {
        int places = survey.Redactions.Values.Sum();
        return new RedactionPreview(
            survey.Header.Title,
            survey.Header.Project,
            survey.Entries,
            survey.Prompts,
            survey.Blocks.ToolCalls,
            survey.ToolResults,
            survey.Blocks.Images.Count,
            [.. survey.Blocks.Files.Keys.Take(Listed)],
            survey.Redactions,
            [.. survey.Values.Take(Listed).Select(value => PreviewedValue.Of(value.Places))],
            $"{survey.Entries} entries would go out; {(places == 0 ? "nothing is" : $"{places} places are")} taken out first. Nothing has left this machine.");
    }
}

internal sealed record PreviewedValue(string Kind, string Masked, int Places)
{
    public static PreviewedValue Of(IReadOnlyList<PlacedFinding> places) => new(places[0].Rule, places[0].Masked, places.Count);
}

internal sealed record CreatedToken(
    [property: Description("Opens the session read-only; it is a secret")] string ShareToken,
    [property: Description("The link for whoever holds the token; give it to the user")] string Url,
    string ShareId,
    DateTimeOffset? ExpiresAt,
    string Message);

internal sealed record RevokedToken(string Message);
