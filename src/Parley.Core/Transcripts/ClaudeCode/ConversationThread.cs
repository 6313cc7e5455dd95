using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>A conversation with those of its subagents, and theirs, each right after the entry whose tool call started it.</summary>
internal sealed class ConversationThread
{
    private readonly ConversationFile _file;
    private readonly string? _toolCall;
    private readonly PersistedOutputs _outputs;
    private readonly Dictionary<int, List<ConversationThread>> _threads = [];

    private ConversationThread(ConversationFile file, string? toolCall, PersistedOutputs outputs)
    {
        _file = file;
        _toolCall = toolCall;
        _outputs = outputs;
    }

    /// <summary>Opens a main transcript with everything beside it.</summary>
    public static ConversationThread Open(string path)
    {
        var sidecars = SidecarFolder.Beside(Path.GetFullPath(path));
        var thread = new ConversationThread(ConversationFile.Read(path), null, new PersistedOutputs(sidecars));
        thread.AddThreads(Subagents.In(sidecars));
        return thread;
    }

    /// <summary>Whether Claude Code wrote the file, as far as its lines tell.</summary>
    public bool IsClaudeCode => _file.IsClaudeCode;

    public TranscriptInfo Info()
    {
        TranscriptInfo info = _file.Info();
        foreach (ConversationThread thread in _threads.Values.SelectMany(threads => threads))
        {
            TranscriptInfo inner = thread.Info();
            info = info with
            {
                EntryCount = info.EntryCount + inner.EntryCount,
                Usage = new Usage(info.Usage.Input + inner.Usage.Input, info.Usage.Output + inner.Usage.Output),
                LostLines = info.LostLines + inner.LostLines,
            };
        }
        return info;
    }

    public IEnumerable<Entry> Entries()
    {
        int place = 0;
        foreach (Entry entry in _file.Entries(_outputs, _toolCall))
        {
            yield return entry;
            if (!_threads.TryGetValue(place++, out List<ConversationThread>? threads))
                continue;
            foreach (Entry inner in threads.SelectMany(thread => thread.Entries()))
                yield return inner;
        }
    }

    // Each subagent is taken once, so that transcripts that name each other end somewhere.
    private void AddThreads(Subagents subagents)
    {
        foreach ((int place, string toolCall) in _file.PlacesOf(subagents.ToolCalls).ToList())
        {
            foreach (string path in subagents.Take(toolCall))
                AddThread(place, toolCall, path, subagents);
        }
    }

    private void AddThread(int place, string toolCall, string path, Subagents subagents)
    {
        ConversationFile file;
        try
        {
            file = ConversationFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
        var thread = new ConversationThread(file, toolCall, _outputs);
        thread.AddThreads(subagents);
        if (!_threads.TryGetValue(place, out List<ConversationThread>? threads))
            _threads.Add(place, threads = []);
        threads.Add(thread);
    }
}
