using System.Text.Json;
using Locks.Admin.Access;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Locks.Server.Health;

/// <summary>
/// <c>/health/live</c>: the process serves HTTP. <c>/health/ready</c>: the server can grant a lock now. The bus is connected, the endpoints
/// and the partitions take messages, the store answers, its tables are current and its time is known; 503 otherwise, and what is missing.
/// </summary>
internal static class HealthEndpoints
{
    public const string LivePath = "/health/live";
    public const string ReadyPath = "/health/ready";

    private const string ReadyTag = "ready";

    // Less than the health command waits, so that it learns which check it was that hung.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(3);

    /// <summary>Bounds every check that brings no bound of its own.</summary>
    public static void AddBoundedHealthChecks(this IServiceCollection services)
    {
        services.AddHealthChecks();
        services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var check in options.Registrations.Where(check => check.Timeout == Timeout.InfiniteTimeSpan))
                check.Timeout = TimeLimit;
        });
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks(LivePath, new HealthCheckOptions { Predicate = static _ => false, ResponseWriter = WriteAsync })
            .RequireAccess(AdminAccess.Open);
        app.MapHealthChecks(ReadyPath, new HealthCheckOptions
        {
            Predicate = static check => check.Tags.Contains(ReadyTag),
            ResponseWriter = WriteAsync,
            ResultStatusCodes =
            {
                // A bus that is up serves no one while its endpoint is down.
                [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable,
            },
        }).RequireAccess(AdminAccess.Open);
    }

    /// <summary>Status and description of each check; exceptions stay in the log.</summary>
    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.Body,
            new
            {
                status = report.Status.ToString(),
                checks = report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => new { status = entry.Value.Status.ToString(), description = entry.Value.Description }),
            },
            cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }
}
