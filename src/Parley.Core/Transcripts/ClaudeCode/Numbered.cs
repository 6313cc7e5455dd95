namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>Something for each number from a first one on: what is known of lines, messages or tool calls while a conversation is resolved.</summary>
internal sealed class Numbered<T>(int first, int end)
{
    private readonly T[] _items = new T[Math.Max(0, end - first)];

    public ref T this[int number] => ref _items[number - first];

    public void Fill(T item) => _items.AsSpan().Fill(item);
}
