namespace Parley.Server.Hosting;

/// <summary>Marks a route whose answer goes out as it is written, compressed by nobody.</summary>
public sealed record StreamedEndpoint;
