using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.ResponseCompression;
using Parley.Core.Sessions;
using Parley.Server.Accounts;

namespace Parley.Server.Hosting;

/// <summary>Everything about serving HTTP that has nothing to do with sessions.</summary>
public static partial class ServerSetup
{
    private const string ForwardedPrefix = "X-Forwarded-Prefix";

    /// <summary>What a connection holds in memory before it is read: as much as each of a relay's stalled senders costs.</summary>
    private const int UnreadBytes = 256 * 1024;

    public static void AddHosting(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Limits.JsonBytes;
            Listen(kestrel, options);
        });
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.MaxReadBufferSize = UnreadBytes;
            // What a stream writes is sent before the next stream is written to. Otherwise each of thousands would keep a block of memory in between.
            sockets.UnsafePreferInlineScheduling = true;
        });
        AddLogs(builder.Logging, options);
        builder.Services.AddSingleton(options).AddSingleton(options.Limits).AddSingleton<Metrics>().AddSingleton<RequestLimits>().AddSingleton<PublicAddress>();
        builder.Services.AddProblems();
        builder.Services.AddJson();
        builder.Services.AddResponseCompression(Compression);
        builder.Services.Configure<BrotliCompressionProviderOptions>(o => o.Level = CompressionLevel.Fastest);
        builder.Services.Configure<ForwardedHeadersOptions>(o => Forwarding(o, options));
        builder.Services.AddRouting();
    }

    public static void UseHosting(this WebApplication app, ServerOptions options)
    {
        if (options.TrustedProxies.Count > 0)
        {
            app.Use(CleanPrefix);
            app.UseForwardedHeaders();
        }
        if (options.PathBase != "")
            app.UsePathBase(options.PathBase);
        app.Use(new RequestObserver(app.Services.GetRequiredService<Metrics>(), app.Services.GetRequiredService<ILogger<RequestObserver>>()).InvokeAsync);
        app.UseResponseRules();
        app.UseRouting();
        app.UseExceptionHandler();
        // A stream's events would wait in the compressor's buffers, and its refusals have their words already.
        app.UseWhen(http => http.GetEndpoint()?.Metadata.GetMetadata<StreamedEndpoint>() is null, others => others.UseResponseCompression().UseStatusCodePages());
        app.Use(app.Services.GetRequiredService<RequestLimits>().InvokeAsync);
        app.UseCaller();
        app.UseAudiences();
    }

    private static void Listen(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions kestrel, ServerOptions options)
    {
        // Kestrel can't take a free port on both loopback addresses at once.
        if (options.Bind is { } address)
            kestrel.Listen(address, options.Port);
        else if (options.Port == 0)
            kestrel.Listen(IPAddress.Loopback, 0);
        else
            kestrel.ListenLocalhost(options.Port);
    }

    internal static void AddLogs(ILoggingBuilder logging, ServerOptions options)
    {
        logging.ClearProviders();
        // The framework's own lines below this level hold paths, and so ids of sessions.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.Diagnostics", LogLevel.Error);
        logging.AddFilter("ModelContextProtocol", LogLevel.Warning);
        // Only for the sake of these lines an activity would be made for each request and kept as long as it goes on.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // A failure to start is said by the program in one sentence, and background services log their own failures.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        if (options.Log == LogForm.Json)
            logging.AddJsonConsole(o => o.UseUtcTimestamp = true);
        else if (options.Log == LogForm.Text)
            logging.AddSimpleConsole(o => (o.SingleLine, o.TimestampFormat, o.UseUtcTimestamp) = (true, "HH:mm:ss ", true));
    }

    private static void Compression(ResponseCompressionOptions compression)
    {
        compression.EnableForHttps = true;
        compression.MimeTypes = ["application/json", "application/problem+json", BundleWriter.MediaType];
    }

    // The prefix goes into every address of a page, so it is a plain path or it is not believed.
    private static Task CleanPrefix(HttpContext http, RequestDelegate next)
    {
        string prefix = http.Request.Headers[ForwardedPrefix].ToString().TrimEnd('/');
        if (PlainPath().IsMatch(prefix))
            http.Request.Headers[ForwardedPrefix] = prefix;
        else
            http.Request.Headers.Remove(ForwardedPrefix);
        return next(http);
    }

    [GeneratedRegex(@"^(/[A-Za-z0-9._~-]+)+\z")]
    private static partial Regex PlainPath();

    private static void Forwarding(ForwardedHeadersOptions forwarding, ServerOptions options)
    {
        forwarding.ForwardedHeaders = ForwardedHeaders.All;
        forwarding.KnownProxies.Clear();
        forwarding.KnownIPNetworks.Clear();
        foreach (System.Net.IPNetwork network in options.TrustedProxies)
            forwarding.KnownIPNetworks.Add(network);
    }
}
