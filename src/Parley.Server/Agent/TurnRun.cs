using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Parley.Core.Sessions;
using Parley.Core.Turns;
using Parley.Server.Live;
using Parley.Server.Turns;

namespace Parley.Server.Agent;

/// <summary>
/// One turn from the taking of it to its end: the conversation goes to the model, what the model writes goes to those who watch, what it asks of
/// its tools is asked of the server, until it has answered.
/// </summary>
internal sealed class TurnRun(RunnerClient server, ModelApi api, RunnerTurn turn, TimeProvider clock, ILogger log)
{
    /// <summary>How often the model is called for one prompt at most.</summary>
    public const int MaxRounds = 50;

    /// <summary>How often in a row a call is tried that fails.</summary>
    public const int MaxTries = 6;

    private const int MaxTokens = 16_000;

    private readonly Quoting _quoting = new(turn.Mark);
    private readonly HashSet<string> _tools = [.. turn.Tools.Select(tool => tool.Name)];
    private long _step = turn.Step;

    /// <summary>Runs it. When the runner is stopped it is given back; when its lease is lost nothing more is said.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var interrupted = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, interrupted.Token);
        Task holding = HoldAsync(interrupted, over);
        try
        {
            await AnswerAsync(either.Token, over.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await GiveBackAsync();
        }
        catch (Exception e) when (e is LeaseLostException or OperationCanceledException)
        {
            log.LogWarning("Turn {Turn} was lost to another runner", turn.TurnId);
        }
        finally
        {
            await over.CancelAsync();
            await holding;
            interrupted.Dispose();
        }
    }

    // Keeps the lease, and hears when somebody interrupts.
    private async Task HoldAsync(CancellationTokenSource interrupted, CancellationTokenSource over)
    {
        try
        {
            while (!await server.RenewAsync(turn, over.Token))
            {
            }
            await interrupted.CancelAsync();
            // An interrupted turn is held until it is ended.
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(turn.LeaseSeconds / 3.0), clock, over.Token);
                await server.RenewAsync(turn, over.Token);
            }
        }
        catch (Exception e) when (e is LeaseLostException or OperationCanceledException or RunnerException)
        {
            await over.CancelAsync();
        }
    }

    private async Task AnswerAsync(CancellationToken interruptible, CancellationToken over)
    {
        List<(long Seq, Entry Entry)> entries = await server.ReadAsync(turn, over);
        JsonArray messages = Conversation.Of(entries, _quoting, _tools);
        for (int round = 1; ; round++)
        {
            var answer = new ModelAnswer();
            try
            {
                answer = await CallAsync(messages, interruptible, over);
            }
            catch (InterruptedException e)
            {
                await FinishAsync(e.Answer, TurnOutcome.Interrupted, null, over);
                return;
            }
            catch (ModelException e)
            {
                log.LogWarning(e, "Turn {Turn} fails", turn.TurnId);
                await FinishAsync(answer, TurnOutcome.Failed, e.Message, over);
                return;
            }
            if (answer.StopReason != "tool_use" || !answer.Calls.Any())
            {
                await EndAsync(answer, over);
                return;
            }
            if (await UseToolsAsync(messages, answer, interruptible, over) is { } end || (end = round == MaxRounds ? "The agent went on and on, and was stopped." : null) is not null)
            {
                TurnOutcome outcome = interruptible.IsCancellationRequested ? TurnOutcome.Interrupted : TurnOutcome.Failed;
                await FinishAsync(new ModelAnswer(), outcome, outcome == TurnOutcome.Failed ? end : null, over);
                return;
            }
        }
    }

    // Until it succeeds: what passes is waited for, in sight of the people.
    private async Task<ModelAnswer> CallAsync(JsonArray messages, CancellationToken interruptible, CancellationToken over)
    {
        Conversation.MarkForCaching(messages);
        JsonObject request = Request(messages);
        for (int attempt = 1; ; attempt++)
        {
            var answer = new ModelAnswer();
            try
            {
                await StreamAsync(request, answer, interruptible, over);
                if (attempt > 1)
                    await server.SayStatusAsync(turn, null, over);
                return answer;
            }
            catch (ModelException e) when (e.IsPassing && attempt < MaxTries && !interruptible.IsCancellationRequested)
            {
                TimeSpan pause = RetryPause.After(attempt, e.RetryAfter, Random.Shared.NextDouble());
                Task waiting = Task.Delay(pause, clock, interruptible);
                await server.SayStatusAsync(turn, $"{e.Message} {(e.RetryAfter is null ? "Trying" : "As it asks, trying")} again in {RetryPause.Words(pause)}.", over);
                await KeepWhatWasShownAsync(answer, over);
                await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (interruptible.IsCancellationRequested && !over.IsCancellationRequested)
            {
                throw new InterruptedException(answer);
            }
            if (interruptible.IsCancellationRequested)
            {
                over.ThrowIfCancellationRequested();
                throw new InterruptedException(new ModelAnswer());
            }
        }
    }

    private async Task StreamAsync(JsonObject request, ModelAnswer answer, CancellationToken interruptible, CancellationToken over)
    {
        var pieces = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
        Task saying = SayAsync(pieces.Reader, over);
        try
        {
            await api.CallAsync(request, answer, piece => pieces.Writer.TryWrite(piece), interruptible);
        }
        finally
        {
            pieces.Writer.Complete();
            await saying;
        }
    }

    // What was written while the last piece was on its way goes out together.
    private async Task SayAsync(ChannelReader<string> pieces, CancellationToken over)
    {
        try
        {
            while (await pieces.WaitToReadAsync(over))
            {
                string text = "";
                while (text.Length < DriverApi.MaxDelta / 2 && pieces.TryRead(out string? piece))
                    text += piece;
                for (int at = 0; at < text.Length; at += DriverApi.MaxDelta)
                    await server.SayAsync(turn, text.Substring(at, Math.Min(DriverApi.MaxDelta, text.Length - at)), over);
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // It is the entry that counts.
        }
    }

    // What people have read of an answer that broke off stands in the log; the next attempt begins anew.
    private async Task KeepWhatWasShownAsync(ModelAnswer answer, CancellationToken over)
    {
        answer.KeepText();
        if (answer.Blocks.Count > 0)
            await server.AppendAsync(turn, Step(answer, [Answer(answer)]), over);
    }

    /// <summary>Asks the server what the model wants to know; why the turn can't go on, or null.</summary>
    private async Task<string?> UseToolsAsync(JsonArray messages, ModelAnswer answer, CancellationToken interruptible, CancellationToken over)
    {
        bool isSpent = await server.AppendAsync(turn, Step(answer, [Answer(answer)]), over);
        var results = new JsonArray();
        var shown = new JsonArray();
        foreach (JsonObject call in answer.Calls)
        {
            (string text, bool isError) = await UseAsync((string)call["name"]!, call["input"]!, interruptible, over);
            results.Add(Result(call, _quoting.Data(text), isError));
            shown.Add(Result(call, text, isError));
        }
        await server.AppendAsync(turn, Step(new ModelAnswer(), [new Entry { Role = Role.User, Timestamp = clock.GetUtcNow(), Blocks = Bytes(shown) }]), over);
        var said = new JsonArray([.. answer.Blocks.Where(block => (string?)block["type"] != "text" || !string.IsNullOrWhiteSpace((string?)block["text"])).Select(block => block.DeepClone())]);
        messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = said });
        messages.Add(new JsonObject { ["role"] = "user", ["content"] = results });
        return interruptible.IsCancellationRequested ? "Interrupted." : isSpent ? "The workspace's budget is spent: its owner can raise it." : null;
    }

    // A call may wait for a person, and for a machine after that: whoever interrupts does not.
    private async Task<(string Text, bool IsError)> UseAsync(string tool, JsonNode input, CancellationToken interruptible, CancellationToken over)
    {
        try
        {
            return await server.CallAsync(turn, tool, input, interruptible);
        }
        catch (OperationCanceledException) when (!over.IsCancellationRequested && interruptible.IsCancellationRequested)
        {
            return ("Interrupted.", true);
        }
    }

    private Task EndAsync(ModelAnswer answer, CancellationToken over) => (answer.StopReason, answer.Text.Trim()) switch
    {
        ("refusal", "") => FinishAsync(answer, TurnOutcome.Failed, "The model declines to answer this.", over),
        ("max_tokens", _) => FinishAsync(answer, TurnOutcome.Failed, "The answer became too long.", over),
        (_, "") => FinishAsync(answer, TurnOutcome.Failed, "The model had nothing to say.", over),
        _ => FinishAsync(answer, TurnOutcome.Answered, null, over),
    };

    private async Task FinishAsync(ModelAnswer answer, TurnOutcome outcome, string? reason, CancellationToken over)
    {
        answer.KeepText();
        await server.FinishAsync(turn, Step(answer, answer.Blocks.Count > 0 ? [Answer(answer)] : []), outcome, reason, over);
    }

    private async Task GiveBackAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), clock);
        try
        {
            await server.GiveBackAsync(turn, patience.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // Its lease will lapse.
        }
    }

    private RunnerStep Step(ModelAnswer answer, Entry[] entries) => new(++_step, entries, turn.Model, answer.Tokens);

    private Entry Answer(ModelAnswer answer) => new()
    {
        Role = Role.Assistant,
        Model = turn.Model,
        Timestamp = clock.GetUtcNow(),
        Usage = new Usage(answer.Tokens.Input + answer.Tokens.CacheRead + answer.Tokens.CacheWrite, answer.Tokens.Output),
        Blocks = Bytes(new JsonArray([.. answer.Blocks.Select(block => block.DeepClone())])),
    };

    private JsonObject Request(JsonArray messages)
    {
        string system = AgentPrompt.Of(turn.Title, turn.Project, turn.People.Select(person => (person.Name, person.Role)), _quoting, turn.Tools.Count > 0);
        var request = new JsonObject
        {
            ["model"] = turn.Model,
            ["max_tokens"] = MaxTokens,
            ["system"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = system, ["cache_control"] = new JsonObject { ["type"] = "ephemeral" } }),
            ["messages"] = messages.DeepClone(),
        };
        if (Tools(messages) is { Count: > 0 } tools)
            request["tools"] = tools;
        return request;
    }

    // The API wants to know of tools where the conversation has calls of any.
    private JsonArray Tools(JsonArray messages)
    {
        var tools = new JsonArray([.. turn.Tools.Select(tool => new JsonObject
        {
            ["name"] = tool.Name, ["description"] = tool.Description, ["input_schema"] = JsonNode.Parse(tool.InputSchema.GetRawText()),
        })]);
        if (tools.Count == 0 && messages.Any(message => message!["content"]!.AsArray().Any(block => (string?)block!["type"] == "tool_use")))
            tools.Add(new JsonObject { ["name"] = "nothing", ["description"] = "Does nothing: no tools are here.", ["input_schema"] = new JsonObject { ["type"] = "object" } });
        return tools;
    }

    private static JsonObject Result(JsonObject call, string text, bool isError)
    {
        var result = new JsonObject
        {
            ["type"] = "tool_result",
            ["tool_use_id"] = (string?)call["id"],
            ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text == "" ? "(nothing)" : text }),
        };
        if (isError)
            result["is_error"] = true;
        return result;
    }

    private static byte[] Bytes(JsonArray blocks) => JsonSerializer.SerializeToUtf8Bytes(blocks);

    private sealed class InterruptedException(ModelAnswer answer) : Exception
    {
        public ModelAnswer Answer => answer;
    }
}
