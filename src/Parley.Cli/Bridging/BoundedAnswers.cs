using Parley.Core.Bridging;

namespace Parley.Cli.Bridging;

/// <summary>Bounds what an MCP server answers over HTTP.</summary>
internal sealed class BoundedAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
        HttpContent content = answer.Content;
        bool isStream = content.Headers.ContentType?.MediaType == "text/event-stream";
        answer.Content = new StreamContent(new BoundedStream(await content.ReadAsStreamAsync(cancellationToken), BridgeLimits.ServerMessageBytes, isStream));
        foreach ((string name, IEnumerable<string> values) in content.Headers)
            answer.Content.Headers.TryAddWithoutValidation(name, values);
        return answer;
    }
}
