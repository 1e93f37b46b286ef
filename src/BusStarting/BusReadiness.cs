using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Locks.BusStarting;

/// <summary>
/// Knows when a bus has started. Only then may an endpoint be connected to it: while it starts, MassTransit starts every endpoint that it finds,
/// also one that somebody else is about to connect, who then cannot; and it walks over the list of all endpoints for its usage report, where
/// one more makes the whole start fail, and the bus stops.
/// </summary>
internal sealed class BusReadiness(TimeProvider time) : IBusObserver
{
    /// <summary>How long a start may keep others waiting: a bus with one endpoint that does not get ready serves all others meanwhile.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<IBus, TaskCompletionSource> _starts = new(ReferenceEqualityComparer.Instance);

    /// <summary>Has it observe the application's buses.</summary>
    public static void Register(IServiceCollection services)
    {
        services.TryAddSingleton<BusReadiness>();
        services.AddBusObserver(static provider => provider.GetRequiredService<BusReadiness>());
    }

    /// <summary>Completes when the bus has started, or has been starting for long; at once for a bus that nobody observes.</summary>
    public async Task WaitAsync(IBus bus, CancellationToken cancellationToken)
    {
        if (!_starts.TryGetValue(bus, out var start))
            return;
        await start.Task.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void PostCreate(IBus bus) => Begin(bus);

    /// <inheritdoc/>
    public void CreateFaulted(Exception exception)
    {
    }

    /// <inheritdoc/>
    public Task PreStart(IBus bus)
    {
        if (_starts.TryGetValue(bus, out var last) && last.Task.IsCompleted)
            Begin(bus);
        return Task.CompletedTask;
    }

    /// <summary>MassTransit observes first: it is done with its report when it is others' turn.</summary>
    public Task PostStart(IBus bus, Task<BusReady> busReady)
    {
        if (_starts.TryGetValue(bus, out var start))
            start.TrySetResult();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task PreStop(IBus bus) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task PostStop(IBus bus) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    private void Begin(IBus bus) => _starts[bus] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
}
