using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Locks.Benchmarks.Candidates;

/// <summary>
/// Collects the metrics of one application of this process as OpenTelemetry does in production, every second, and throws them away. Those of the
/// other applications beside it are not listened to.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private const int IntervalMs = 1_000;

    private readonly MeterProvider _provider;

    public MetricsCollector(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Locks.Client", "Locks.Coordinator")
            .AddView(instrument => ReferenceEquals(instrument.Meter.Scope, factory) ? null : MetricStreamConfiguration.Drop)
            .AddReader(new PeriodicExportingMetricReader(new Discard(), IntervalMs))
            .Build();
    }

    public void Dispose() => _provider.Dispose();

    private sealed class Discard : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                    _ = point.EndTime;
            }

            return ExportResult.Success;
        }
    }
}
