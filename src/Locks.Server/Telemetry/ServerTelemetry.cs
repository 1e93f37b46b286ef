using System.Reflection;
using Locks.Admin.Access;
using Microsoft.Extensions.Configuration.Memory;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Locks.Server.Telemetry;

/// <summary>
/// What the server tells of itself: metrics for Prometheus at <see cref="MetricsPath"/>; and metrics, traces and logs by OTLP where
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a receiver. OpenTelemetry's other environment variables hold, too.
/// </summary>
internal static class ServerTelemetry
{
    /// <summary>The path that Prometheus reads.</summary>
    public const string MetricsPath = "/metrics";

    private const string ServiceName = "locks-server";
    private const string Receiver = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // OpenTelemetry's exporter leaves the ids of log events out unless this is set.
    private const string EventIds = "OTEL_DOTNET_EXPERIMENTAL_OTLP_EMIT_EVENT_LOG_ATTRIBUTES";

    private static readonly string[] Sources = ["Locks.Client", "Locks.Coordinator"];
    private static readonly string[] OfRuntime = ["System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Registers what exports.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(Describe)
            .WithMetrics(static metrics => metrics.AddMeter(Sources).AddMeter(OfRuntime).AddPrometheusExporter());
        if (string.IsNullOrWhiteSpace(builder.Configuration[Receiver]))
            return;

        // The first source gives way to every other one.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(
            0, new MemoryConfigurationSource { InitialData = [new(EventIds, "true")] });
        telemetry
            .WithTracing(static tracing => tracing.AddSource(Sources))
            .WithLogging(configureBuilder: null, static logging => logging.IncludeFormattedMessage = true)
            .UseOtlpExporter();
    }

    /// <summary>Serves what Prometheus reads, to those who may look.</summary>
    public static void MapMetrics(this WebApplication app) =>
        app.MapPrometheusScrapingEndpoint(MetricsPath).RequireAccess(AdminAccess.Read);

    /// <summary>The environment has the last word, as with every program that uses OpenTelemetry.</summary>
    private static void Describe(ResourceBuilder resource) => resource
        .Clear()
        .AddService(
            ServiceName,
            serviceVersion: typeof(ServerTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();
}
