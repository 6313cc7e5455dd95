using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Parley.Server.Pages;

/// <summary>Renders Razor components to static HTML.</summary>
public sealed class PageRenderer(IServiceProvider services, ILoggerFactory logs)
{
    public async Task<string> RenderAsync<TComponent>(Dictionary<string, object?> parameters)
        where TComponent : IComponent
    {
        await using var renderer = new HtmlRenderer(services, logs);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TComponent>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }

    public async Task<byte[]> BytesAsync<TComponent>(Dictionary<string, object?> parameters)
        where TComponent : IComponent => Encoding.UTF8.GetBytes(await RenderAsync<TComponent>(parameters));
}
