using Locks.Benchmarks.Measuring;
using Locks.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Benchmarks.Candidates;

/// <summary>A client as an application of its own would have it.</summary>
/// <param name="Broker">Its broker.</param>
/// <param name="Queue">The coordinator's queue.</param>
/// <param name="RequestTimeout">
/// How long an answer may take, and as long as that nothing is sent twice, where more is asked at once than is usual. Default: the client's defaults.
/// </param>
/// <param name="Heartbeat">How often the client says that it is alive while it waits. Default: the client's default.</param>
/// <param name="IsMeasured">Whether OpenTelemetry collects its metrics.</param>
internal sealed record LockOperationResource(
    Uri Broker, string Queue, TimeSpan? RequestTimeout = null, TimeSpan? Heartbeat = null, bool IsMeasured = false) : Resource
{
    public override async Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken)
    {
        var bus = await HostedBus.StartAsync(
            Broker,
            bus => bus.AddLockClient(options =>
            {
                options.QueueName = Queue;
                options.RequestTimeout = RequestTimeout ?? options.RequestTimeout;
                options.ResendAfter = RequestTimeout ?? options.ResendAfter;
                options.HeartbeatInterval = Heartbeat ?? options.HeartbeatInterval;
            }),
            cancellationToken,
            IsMeasured);
        return new LockOperation(bus);
    }
}

/// <summary>Acquires and releases.</summary>
internal sealed class LockOperation(HostedBus bus) : IOperation
{
    public ILockClient Client { get; } = bus.Services.GetRequiredService<ILockClient>();

    /// <summary>What is held for longer than an operation.</summary>
    public HeldLocks Held { get; } = new();

    public async Task<Func<Task>> TakeAsync(string key, TimeSpan? wait, CancellationToken cancellationToken)
    {
        // Trying has no token: a try is over soon, and one that is given up would be one more message.
        var handle = wait is { } longest
            ? await Client.AcquireAsync(key, longest, cancellationToken: cancellationToken)
            : await Client.TryAcquireAsync(key, cancellationToken: CancellationToken.None)
                ?? throw new MeasurementFailedException($"The lock '{key}' was busy, though no other caller uses it.");
        return async () =>
        {
            if (!await handle.ReleaseAsync())
                throw new MeasurementFailedException($"The lock '{key}' was lost before its release.");
        };
    }

    public ValueTask DisposeAsync() => bus.DisposeAsync();
}
