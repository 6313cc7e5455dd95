using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Parley.Server.Accounts;

namespace Parley.Server.Hosting;

/// <summary>
/// How often one key and one address may ask, per minute, and how often an address may ask for sessions that it can't read: ids are not found by
/// trying. Routes say which of these they are under (<see cref="LimitedRoutes"/>).
/// </summary>
public sealed class RequestLimits(Limits limits) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext> _requests = PartitionedRateLimiter.CreateChained(
        PerMinute(http => Address(http), limits.RequestsPerAddress),
        PerMinute(http => http.Request.PresentedKey(), limits.RequestsPerKey));

    private readonly PartitionedRateLimiter<HttpContext> _appends = PerMinute(http => Address(http), limits.AppendsPerAddress);

    private readonly PartitionedRateLimiter<HttpContext> _misses = PerMinute(http => Address(http), limits.MissesPerAddress);

    private readonly PartitionedRateLimiter<HttpContext> _sockets = PartitionedRateLimiter.Create<HttpContext, string>(http => limits.StreamsPerAddress > 0
        ? RateLimitPartition.GetConcurrencyLimiter(Address(http), _ => new ConcurrencyLimiterOptions { PermitLimit = limits.StreamsPerAddress })
        : RateLimitPartition.GetNoLimiter(""));

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        EndpointMetadataCollection route = http.GetEndpoint()?.Metadata ?? EndpointMetadataCollection.Empty;
        bool countsMisses = route.GetMetadata<MissLimit>() is not null;
        if (route.GetMetadata<RequestLimit>() is not null && _requests.AttemptAcquire(http) is { IsAcquired: false } request)
        {
            await RefuseAsync(http, request, "Too many requests: wait as long as Retry-After says.");
            return;
        }
        if (route.GetMetadata<AppendLimit>() is not null && _appends.AttemptAcquire(http) is { IsAcquired: false } append)
        {
            await RefuseAsync(http, append, "Too many appends: send more entries at once, and wait as long as Retry-After says.");
            return;
        }
        if (countsMisses && _misses.AttemptAcquire(http, 0) is { IsAcquired: false } miss)
        {
            await RefuseAsync(http, miss, "Too many requests for sessions that are not there: wait as long as Retry-After says.");
            return;
        }
        await next(http);
        if (countsMisses && http.Response.StatusCode == StatusCodes.Status404NotFound)
            _misses.AttemptAcquire(http);
    }

    /// <summary>What a request is asked before it is let in, for what comes without a request of its own: false when a limit is reached.</summary>
    public bool Admits(HttpContext http) => _misses.AttemptAcquire(http, 0).IsAcquired && _requests.AttemptAcquire(http).IsAcquired;

    /// <summary>Counts a miss; false when there were too many.</summary>
    public bool Misses(HttpContext http) => _misses.AttemptAcquire(http).IsAcquired;

    /// <summary>Takes a place for a socket, until it is disposed of.</summary>
    public RateLimitLease Connect(HttpContext http) => _sockets.AttemptAcquire(http);

    public void Dispose()
    {
        _sockets.Dispose();
        _requests.Dispose();
        _appends.Dispose();
        _misses.Dispose();
    }

    private static PartitionedRateLimiter<HttpContext> PerMinute(Func<HttpContext, string?> who, int most) =>
        PartitionedRateLimiter.Create<HttpContext, string>(http => most > 0 && who(http) is { } name
            ? RateLimitPartition.GetFixedWindowLimiter(name, _ => new FixedWindowRateLimiterOptions { PermitLimit = most, Window = Window })
            : RateLimitPartition.GetNoLimiter(""));

    // One household or one attacker has a whole /64 of IPv6.
    internal static string Address(HttpContext http)
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

/// <summary>How routes say that they are limited.</summary>
public static class LimitedRoutes
{
    /// <summary>Limits how often one key and one address may ask for this.</summary>
    public static TBuilder LimitRequests<TBuilder>(this TBuilder routes) where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(new RequestLimit());

    /// <summary>Limits how often one address may send what belongs to a session that goes on.</summary>
    public static TBuilder LimitAppends<TBuilder>(this TBuilder routes) where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(new AppendLimit());

    /// <summary>Limits how often one address may get 404 here: it would be trying ids.</summary>
    public static TBuilder LimitMisses<TBuilder>(this TBuilder routes) where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(new MissLimit());
}

internal sealed record RequestLimit;

internal sealed record AppendLimit;

internal sealed record MissLimit;
