using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Parley.Core.Transcripts;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>
/// Sessions that were handed over, resumed by the real client: what the model is sent is what it was sent when the session's author resumed it, but for
/// the folders.
/// </summary>
public sealed partial class TakeoverTests(AllTakenOver sessions) : IClassFixture<AllTakenOver>
{
    private const string SendersHome = "/home/jane.doe";

    public static TheoryData<string> Sessions => [.. Corpus.Names];

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task The_model_is_sent_what_it_was_sent_at_home(string name)
    {
        IReadOnlyList<string> sent = SentBlocks.Of(await sessions.ResumeAsync(name));
        var atHome = (JsonArray)JsonNode.Parse(OfReceiver(name, File.ReadAllText(Corpus.Oracle(name))))!;
        Assert.Equal([.. SentBlocks.Of(atHome), .. sent.TakeLast(1)], sent.Where(block => !IsQueuedPrompt(block)));
    }

    [Fact]
    public async Task A_prompt_that_was_typed_while_the_agent_worked_is_a_prompt_and_no_word_of_the_system()
    {
        JsonArray sent = await sessions.ResumeAsync("19-slash-commands");
        Assert.Single(SentBlocks.Of(sent), IsQueuedPrompt);
        Assert.DoesNotContain(sent, message => (string)message!["role"]! == "system" && message.ToJsonString().Contains("queued while busy", StringComparison.Ordinal));
    }

    private static bool IsQueuedPrompt(string block) => block == """user {text:"queued while busy",type:"text"}""";

    // The sender's folders replaced as a person would do it.
    private string OfReceiver(string name, string json)
    {
        string project = TranscriptReader.Open(Corpus.Session(name)).Info.WorkingDirectory!;
        (string From, string To)[] folders = [(project, sessions.Project(name)), (SendersHome, sessions.Home(name))];
        foreach ((string from, string to) in folders)
            json = json.Replace(from, to, StringComparison.Ordinal).Replace(Encoded(from), Encoded(to), StringComparison.Ordinal);
        return json;
    }

    private static string Encoded(string folder) => NoLetterOrDigit().Replace(folder, "-");

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NoLetterOrDigit();
}
