using System.IO.Pipelines;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;
using Parley.Core.Headless;
using Parley.Core.Sessions;
using Parley.Core.Takeover.Bundles;
using Parley.Core.Transfer;
using Parley.Core.Turns;

namespace Parley.Cli.Hosting;

/// <summary>A workspace's conversation as the client resumes it, and what it is asked next.</summary>
/// <param name="Transcript">A name below the session's folder; null where nothing was said before.</param>
/// <param name="Prompt">Content blocks as JSON, UTF-8.</param>
internal sealed record HostedConversation(string? Transcript, ReadOnlyMemory<byte> Prompt)
{
    private const string GoOn =
        """[{"type":"text","text":"Your answer to the last prompt was cut off: the machine that wrote it was lost. Go on where it stops, and repeat nothing of it."}]""";

    /// <summary>Fetches it and writes it into a folder that is not there yet.</summary>
    /// <exception cref="Failure">It can't be read.</exception>
    public static async Task<HostedConversation> FetchAsync(ServerApi server, TakenTurn turn, string folder, CancellationToken cancel)
    {
        string path = $"{folder}.jsonl", marked = $"{folder}-marked.jsonl";
        try
        {
            await using FileStream bundle = Create(path), staged = Create(marked);
            await server.BundleAsync(turn.SessionId, bundle, Takeover.Download.MaxBytes, cancel);
            bundle.Position = 0;
            ReadOnlyMemory<byte> prompt = await MarkAsync(bundle, staged, turn, cancel);
            if (staged.Length == 0)
                return new HostedConversation(null, prompt);
            staged.Position = 0;
            ReceivedSession received = await BundleTranscript.StageAsync(staged, folder, cancel);
            return new HostedConversation(received.Files.FirstOrDefault(name => !name.Contains('/', StringComparison.Ordinal)), prompt);
        }
        catch (BundleException e)
        {
            throw new Failure(DisplayText.OneLine(e.Message));
        }
        finally
        {
            File.Delete(path);
            File.Delete(marked);
        }
    }

    /// <summary>
    /// Writes the entries before the prompt, and those after it where they are the beginning of an answer that another runner has left. Each stays at its
    /// place, since entries tell of each other by it. Nothing is written where nothing was said.
    /// </summary>
    private static async Task<ReadOnlyMemory<byte>> MarkAsync(FileStream bundle, FileStream marked, TakenTurn turn, CancellationToken cancel)
    {
        var quoting = new Quoting(turn.Mark);
        var reader = new BundleReader(PipeReader.Create(bundle, new StreamPipeReaderOptions(leaveOpen: true)));
        PipeWriter output = PipeWriter.Create(marked, new StreamPipeWriterOptions(leaveOpen: true));
        var writer = new BundleWriter(output);
        SessionHeader header = await reader.ReadHeaderAsync(cancel);
        Entry? prompt = null;
        List<Entry> begun = [];
        long seq = 0;
        await foreach (Entry entry in reader.ReadEntriesAsync(cancel))
        {
            seq++;
            Entry spoken = SpokenEntry.Of(entry, quoting);
            if (seq < turn.PromptSeq)
            {
                if (seq == 1)
                    writer.WriteHeader(header);
                writer.WriteEntry(spoken);
                await output.FlushAsync(cancel);
            }
            else if (seq == turn.PromptSeq)
            {
                prompt = spoken;
            }
            else
            {
                begun.Add(spoken);
            }
        }
        if (prompt is null)
            throw new BundleException("The prompt that is to be answered is not in the conversation.");
        bool goesOn = begun.Exists(entry => entry.Role == Role.Assistant);
        if (goesOn)
        {
            if (turn.PromptSeq == 1)
                writer.WriteHeader(header);
            foreach (Entry entry in begun.Prepend(prompt))
                writer.WriteEntry(entry);
        }
        if (goesOn || turn.PromptSeq > 1)
            writer.WriteEnd();
        await output.CompleteAsync();
        return goesOn ? System.Text.Encoding.UTF8.GetBytes(GoOn) : prompt.Blocks;
    }

    private static FileStream Create(string path) => Core.Credentials.PrivateFile.Open(
        path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous });
}
