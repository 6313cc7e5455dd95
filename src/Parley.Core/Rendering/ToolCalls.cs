using Parley.Core.Rendering.Tools;

namespace Parley.Core.Rendering;

/// <summary>A call whose result may still come.</summary>
internal sealed record ToolCall(string Name, ToolView View, ToolLine Line);

/// <summary>The calls of a session by their id, so that a result finds its call. The oldest are forgotten beyond a bound.</summary>
internal sealed class ToolCalls
{
    private const int MaxRemembered = 20_000;

    private readonly Dictionary<string, ToolCall> _byId = [];
    private readonly Queue<string> _order = new();

    /// <summary>Whether the last answer made more than one call, so that results need their call's name.</summary>
    internal bool AreParallel { get; private set; }

    /// <summary>A new answer begins, with so many calls.</summary>
    internal void Begin(int calls) => AreParallel = calls > 1;

    internal void Remember(string id, ToolCall call)
    {
        if (_byId.TryAdd(id, call))
            _order.Enqueue(id);
        else
            _byId[id] = call;
        if (_order.Count > MaxRemembered)
            _byId.Remove(_order.Dequeue());
    }

    internal ToolCall? Find(string? id) => id is not null && _byId.TryGetValue(id, out ToolCall? call) ? call : null;

    /// <summary>What a subagent was started for, in a few words.</summary>
    internal string Describe(string id) => Find(id) is { } call ? call.Line.Note ?? call.Line.What ?? call.Name : "Subagent";
}
