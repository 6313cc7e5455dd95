using Parley.Server.Accounts;
using Parley.Server.Data;

namespace Parley.Server.Hosting;

/// <summary>What those who run the server ask it: does it live, can it work, what has it done.</summary>
public static class Operations
{
    public static void MapOperations(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder operations = app.MapGroup("").WithTags("Operations").For(Audience.Anyone);
        // Load balancers ask with HEAD.
        operations.MapMethods("/healthz", ["GET", "HEAD"], () => TypedResults.Text("alive")).WithSummary("Whether the process answers");
        operations.MapMethods("/readyz", ["GET", "HEAD"], ReadyAsync).WithSummary("Whether the database answers")
            .Produces<string>(contentType: "text/plain").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        operations.MapGet("/metrics", (Metrics metrics) => TypedResults.Text(metrics.ToPrometheus(), "text/plain; version=0.0.4"))
            .WithSummary("Counters and times for Prometheus");
    }

    private static async Task<IResult> ReadyAsync(Database database, ILogger<Database> log, CancellationToken cancel)
    {
        try
        {
            await database.ReadAsync(connection => connection.FirstAsync("SELECT 1", row => row.Number(0), cancel), cancel);
            return TypedResults.Text("ready");
        }
        catch (System.Data.Common.DbException e)
        {
            log.LogError(e, "The database does not answer");
            return TypedResults.Problem("The database does not answer.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
