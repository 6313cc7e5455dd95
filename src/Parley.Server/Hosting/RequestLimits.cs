using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Parley.Server.Accounts;

namespace Parley.Server.Hosting;

/// <summary>
/// How often one key and one address may ask, per minute, and how often an address may ask for sessions that it can't read: ids are not found by
/// trying. Health, metrics and files are free.
/// </summary>
public sealed class RequestLimits(Limits limits) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext> _requests = PartitionedRateLimiter.CreateChained(
        PerMinute(http => Address(http), limits.RequestsPerAddress),
        PerMinute(http => http.Request.PresentedKey(), limits.RequestsPerKey));

    private readonly PartitionedRateLimiter<HttpContext> _misses = PerMinute(http => Address(http), limits.MissesPerAddress);

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<RequestLimit>() is not { } limited)
        {
            await next(http);
            return;
        }
        using RateLimitLease request = _requests.AttemptAcquire(http);
        if (!request.IsAcquired)
        {
            await RefuseAsync(http, request, "Too many requests: wait as long as Retry-After says.");
            return;
        }
        if (limited.CountsMisses && _misses.AttemptAcquire(http, 0) is { IsAcquired: false } miss)
        {
            await RefuseAsync(http, miss, "Too many requests for sessions that are not there: wait as long as Retry-After says.");
            return;
        }
        await next(http);
        if (limited.CountsMisses && http.Response.StatusCode == StatusCodes.Status404NotFound)
            _misses.AttemptAcquire(http).Dispose();
    }

    public void Dispose()
    {
        _requests.Dispose();
        _misses.Dispose();
    }

    private static PartitionedRateLimiter<HttpContext> PerMinute(Func<HttpContext, string?> who, int most) =>
        PartitionedRateLimiter.Create<HttpContext, string>(http => most > 0 && who(http) is { } name
            ? RateLimitPartition.GetFixedWindowLimiter(name, _ => new FixedWindowRateLimiterOptions { PermitLimit = most, Window = Window })
            : RateLimitPartition.GetNoLimiter(""));

    // One household or one attacker has a whole /64 of IPv6.
    private static string Address(HttpContext http)
    {
        IPAddress address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes(), 0, 8) : address.ToString();
    }

    private static Task RefuseAsync(HttpContext http, RateLimitLease lease, string detail)
    {
        TimeSpan wait = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after) ? after : Window;
        http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Problems.TooMany(detail).ExecuteAsync(http);
    }
}

/// <summary>Marks a route as one whose requests are limited.</summary>
/// <param name="CountsMisses">Whether 404 means that somebody asked for a session that they can't read.</param>
public sealed record RequestLimit(bool CountsMisses);

public static class RequestLimitRoutes
{
    /// <summary>Limits how often this may be asked for.</summary>
    public static TBuilder Limited<TBuilder>(this TBuilder routes, bool countsMisses = false) where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(new RequestLimit(countsMisses));
}
