using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Parley.Bench.Prompting;

/// <summary>
/// A model's API on loopback that thinks for a fixed time, then writes a page of plain words at once, and a little more after it. It
/// knows prompts by their numbers: <c>prompt #7.</c> is answered with <c>answer #7.</c>
/// </summary>
internal sealed class TalkingModel : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<int, TimeSpan> _own = new();
    private readonly TimeSpan _thinking;

    public TalkingModel(TimeSpan thinking)
    {
        _thinking = thinking;
        Address = $"http://127.0.0.1:{LocalServer.FreePort()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = Task.Run(ListenAsync);
    }

    public string Address { get; }

    /// <summary>What the model itself took from a prompt's request to the first piece of its answer.</summary>
    public TimeSpan OwnTimeOf(int prompt) => _own[prompt];

    public void Dispose() => _listener.Close();

    private async Task ListenAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        long asked = Stopwatch.GetTimestamp();
        int prompt = Numbers.Last(await new StreamReader(context.Request.InputStream).ReadToEndAsync(), "prompt #");
        context.Response.ContentType = "text/event-stream";
        context.Response.SendChunked = true;
        await using Stream body = context.Response.OutputStream;
        await WriteAsync(body, "message_start", """ "message":{"id":"m","type":"message","role":"assistant","model":"bench","content":[],"usage":{"input_tokens":1000,"output_tokens":1}}""");
        await WriteAsync(body, "content_block_start", """ "index":0,"content_block":{"type":"text","text":""}""");
        await Task.Delay(_thinking);
        _own[prompt] = Stopwatch.GetElapsedTime(asked);
        await SayAsync(body, $"answer #{prompt}. {string.Concat(Enumerable.Repeat("The tide comes in. ", 60))}");
        for (int i = 0; i < 5; i++)
        {
            await Task.Delay(_thinking / 5);
            await SayAsync(body, "And it goes out again. ");
        }
        await WriteAsync(body, "content_block_stop", """ "index":0""");
        await WriteAsync(body, "message_delta", """ "delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":100}""");
        await WriteAsync(body, "message_stop", """ "at":0""");
    }

    private static Task SayAsync(Stream body, string text) =>
        WriteAsync(body, "content_block_delta", $$""" "index":0,"delta":{"type":"text_delta","text":"{{text}}"}""");

    private static async Task WriteAsync(Stream body, string type, string members)
    {
        await body.WriteAsync(Encoding.UTF8.GetBytes($"event: {type}\ndata: {{\"type\":\"{type}\",{members}}}\n\n"));
        await body.FlushAsync();
    }
}

/// <summary>Finds the numbers by which prompts and answers are known.</summary>
internal static class Numbers
{
    /// <summary>The number after the last place where this stands; 0 for none.</summary>
    public static int Last(string text, string before)
    {
        int at = text.LastIndexOf(before, StringComparison.Ordinal);
        return at < 0 ? 0 : Read(text, at + before.Length);
    }

    /// <summary>The number after the first place where this stands; 0 for none.</summary>
    public static int First(string text, string before)
    {
        int at = text.IndexOf(before, StringComparison.Ordinal);
        return at < 0 ? 0 : Read(text, at + before.Length);
    }

    private static int Read(string text, int start)
    {
        int end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return end == start ? 0 : int.Parse(text.AsSpan(start, end - start), CultureInfo.InvariantCulture);
    }
}
