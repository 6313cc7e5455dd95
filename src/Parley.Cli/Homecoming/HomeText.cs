using Parley.Cli.Terminals;

namespace Parley.Cli.Homecoming;

/// <summary>What a person is told of a conversation that came home.</summary>
internal static class HomeText
{
    /// <summary>So many files are named.</summary>
    private const int MaxNamed = 10;

    public static void Tell(HomeArrival arrival, bool isClosed)
    {
        if (isClosed)
            Terminal.Error.WriteLine("the workspace is closed");
        if (arrival.Conversation is not { } conversation)
            return;
        string people = conversation.People.Count == 0 ? "" : $" by {DisplayText.OneLine(string.Join(", ", conversation.People))} and Claude";
        Terminal.Error.WriteLine(arrival.GrewFrom is { } id
            ? $"{conversation.Entries:N0} entries{people} go on from the session {id}, which stays as it is"
            : $"{conversation.Entries:N0} entries{people}");
        foreach (string change in arrival.Changes.Take(MaxNamed))
            Terminal.Error.WriteLine($"  changed here: {DisplayText.OneLine(change)}");
        if (arrival.Changes.Count > MaxNamed)
            Terminal.Error.WriteLine($"  and {arrival.Changes.Count - MaxNamed:N0} more");
    }
}
