// A minimal server as one would write it with SignalR: what is posted goes to everybody in the session's group.
// Usage: Parley.Bench.SignalR PORT
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls($"http://127.0.0.1:{args[0]}");
builder.Logging.ClearProviders();
// The load's viewers only listen: they do not ping.
builder.Services.AddSignalR(options => options.ClientTimeoutInterval = TimeSpan.FromHours(1));
WebApplication app = builder.Build();
app.MapGet("/", () => TypedResults.Ok());
app.MapHub<Session>("/hub");
app.MapPost("/entries", (JsonElement entry, IHubContext<Session> hub) => hub.Clients.Group(Session.Group).SendAsync("entry", entry));
app.Run();

internal sealed class Session : Hub
{
    public const string Group = "session";

    public override Task OnConnectedAsync() => Groups.AddToGroupAsync(Context.ConnectionId, Group);
}
