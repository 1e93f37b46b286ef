using System.Diagnostics;
using Locks.Client;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Server.Tests.Telemetry;

/// <summary>
/// The tests of one server's telemetry. No other server of this process runs meanwhile: OpenTelemetry would collect its metrics, too.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryTests : ICollectionFixture<TelemetryFixture>
{
    public const string Name = "telemetry of one server";
}

/// <summary>A server that exports to a receiver, and a contended acquire, a revocation and a busy try that it has told of.</summary>
public sealed class TelemetryFixture : IAsyncLifetime
{
    public const string Key = "orders/42";
    public const string Service = "locks-under-test";

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);

    private RunningServer? _server;

    internal OtlpReceiver Receiver { get; private set; } = null!;

    internal RunningServer Server => _server!;

    /// <summary>The trace of the caller that waited.</summary>
    internal string WaiterTrace { get; private set; } = "";

    /// <summary>The trace of the caller that held the lock meanwhile.</summary>
    internal string HolderTrace { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Receiver = await OtlpReceiver.StartAsync();
        _server = await RunningServer.StartAsync(
            "--Locks:Broker=inmemory",
            "--Locks:Store=InMemory",
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={Receiver.Address}",
            "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            $"--OTEL_SERVICE_NAME={Service}",
            "--OTEL_BSP_SCHEDULE_DELAY=100",
            "--OTEL_BLRP_SCHEDULE_DELAY=100",
            "--OTEL_METRIC_EXPORT_INTERVAL=250");
        await ContendAsync(_server.Services.GetRequiredService<ILockClient>());
        await Eventually.HoldsAsync(() => Receiver.Spans.Any(span => span.TraceId == WaiterTrace && span.Name == "acquire"));
        await Eventually.HoldsAsync(() => Receiver.Metrics.Any(metric => metric.Name == "locks.revocations"));
        await Eventually.HoldsAsync(() => Receiver.Metrics.Any(metric => metric.Name == "locks.held"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    private async Task ContendAsync(ILockClient locks)
    {
        using var holder = Begin("the holder's work");
        HolderTrace = holder.TraceId.ToString();
        // In a flow of its own: one that waits for itself is warned.
        var held = await Task.Run(() => locks.AcquireAsync(Key, Wait));
        holder.Stop();

        using var waiter = Begin("the waiter's work");
        WaiterTrace = waiter.TraceId.ToString();
        var queued = new TaskCompletionSource();
        var waiting = locks.AcquireAsync(Key, Wait, new LockOptions { Progress = new QueuedSignal(queued) });
        waiter.Stop();
        await queued.Task.Within();
        Assert.Null(await locks.TryAcquireAsync(Key));
        await held.DisposeAsync();

        var next = await waiting.Within();
        Assert.True(await next.RenewAsync());
        await locks.RevokeAsync(Key, "alice", "the job hangs");
        await Eventually.HoldsAsync(() => next.Loss is not null);
    }

    private static Activity Begin(string name)
    {
        var root = new Activity(name).SetIdFormat(ActivityIdFormat.W3C);
        root.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        return root.Start();
    }

    private sealed class QueuedSignal(TaskCompletionSource queued) : IProgress<WaitingStatus>
    {
        public void Report(WaitingStatus value) => queued.TrySetResult();
    }
}
