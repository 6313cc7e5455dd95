using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Turns;

namespace Parley.Server.Hosts;

/// <summary>What every route of runners passes: a host is heard of by it, and gets at the turns of its own workspace and at no other.</summary>
internal sealed class HostDoor(WorkspaceHosts hosts, TurnStore turns) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        if (http.PresentedHost() is not { } host)
            return await next(context);
        if (http.GetRouteValue("turnId") is string turnId && (await turns.FindAsync(turnId, http.RequestAborted))?.SessionId != host.SessionId)
            return Problems.Conflict(RunnerApi.LostText);
        await hosts.SeeAsync(host, http.RequestAborted);
        return await next(context);
    }
}
