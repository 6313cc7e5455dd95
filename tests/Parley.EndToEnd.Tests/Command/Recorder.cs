using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>A server that answers what a test wants, and keeps what it was sent.</summary>
public sealed class Recorder : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Answer _answer;

    public Recorder(Answer answer)
    {
        _answer = answer;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(RespondAsync);
        _app.StartAsync().GetAwaiter().GetResult();
        Address = _app.Urls.Single();
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

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task RespondAsync(HttpContext http)
    {
        HttpRequest request = http.Request;
        Stream body = request.Headers.ContentEncoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
        using var text = new StreamReader(body, Encoding.UTF8);
        string headers = string.Join('\n', request.Headers.Select(h => $"{h.Key}: {h.Value}"));
        Requests.Add($"{request.Method} {request.Path}{request.QueryString}\n{headers}\n{await text.ReadToEndAsync()}");
        http.Response.StatusCode = _answer.Status;
        http.Response.ContentType = _answer.ContentType;
        foreach ((string name, string value) in _answer.Headers)
            http.Response.Headers[name] = value;
        await http.Response.WriteAsync(_answer.Body);
    }
}
