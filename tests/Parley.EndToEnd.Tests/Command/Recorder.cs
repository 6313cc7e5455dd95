using System.IO.Compression;
using System.Net;
using System.Text;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>A server that answers what a test wants, and keeps what it was sent.</summary>
public sealed class Recorder : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerRequest, Answer> _answer;
    private readonly Task _serving;

    public Recorder(Func<HttpListenerRequest, Answer> answer)
    {
        _answer = answer;
        Address = Listen();
        _serving = ServeAsync();
    }

    public sealed record Answer(int Status, string Body, string ContentType = "application/json", params (string Name, string Value)[] Headers)
    {
        public static Answer Problem(int status, string detail) =>
            new(status, $$"""{"title":"Refused","status":{{status}},"detail":"{{detail}}"}""", "application/problem+json");
    }

    /// <summary>A receipt as the server writes it.</summary>
    public static Answer Created { get; } = new(201,
        """{"shareId":"abcdefghijkl","url":"http://localhost/s/abcdefghijkl","title":"t","messages":1,"redactions":{"from-server":2},"expiresAt":null}""");

    public string Address { get; }

    /// <summary>Each request: its line, its headers, and its body, decompressed.</summary>
    public List<string> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private string Listen()
    {
        // The listener can't take a free port by itself.
        for (int port = 45_000; ; port++)
        {
            try
            {
                _listener.Prefixes.Clear();
                _listener.Prefixes.Add($"http://localhost:{port}/");
                _listener.Start();
                return $"http://localhost:{port}";
            }
            catch (HttpListenerException) when (port < 45_500)
            {
                // Taken: the next one.
            }
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            await AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        HttpListenerRequest request = context.Request;
        Stream body = request.Headers["Content-Encoding"] == "gzip" ? new GZipStream(request.InputStream, CompressionMode.Decompress) : request.InputStream;
        using var text = new StreamReader(body, Encoding.UTF8);
        Requests.Add($"{request.HttpMethod} {request.RawUrl}\n{request.Headers}\n{await text.ReadToEndAsync()}");
        Answer answer = _answer(request);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        foreach ((string name, string value) in answer.Headers)
            context.Response.Headers[name] = value;
        context.Response.Close(Encoding.UTF8.GetBytes(answer.Body), willBlock: false);
    }
}
