using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Transport;

/// <summary>
/// Knows when a bus has started. Only then may an endpoint be connected to it: while the bus starts, MassTransit starts every endpoint that
/// it finds, also one that another component is about to connect, which then cannot; and it walks over the list of all endpoints for its
/// usage report, where one more makes the whole start fail, and the bus stops.
/// </summary>
/// <remarks>
/// Checked on 2026-11-28 with MassTransit 8.5.12: its <c>UsageTelemetryEndpointConfigurationObserver</c> still keeps a plain <c>List</c>
/// that its
/// <c>Update()</c> enumerates, so an endpoint that is connected during the start can fault the start.
/// </remarks>
/// <param name="time">The clock.</param>
internal sealed class BusReadiness(TimeProvider time) : IBusObserver
{
    /// <summary>
    /// How long a start may take before endpoints are connected all the same: a bus of which one endpoint does not get ready serves all
    /// others meanwhile.
    /// </summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<IBus, TaskCompletionSource> _starts = new(ReferenceEqualityComparer.Instance);

    /// <summary>Registers it as an observer of the application's buses, once for client and coordinator.</summary>
    public static void Register(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(BusReadiness)))
            return;

        services.AddSingleton<BusReadiness>();
        services.AddBusObserver(static provider => provider.GetRequiredService<BusReadiness>());
    }

    /// <summary>
    /// Completes when the bus has started, or has been starting for <see cref="StartTimeout"/>; at once for a bus that is not observed.
    /// </summary>
    public async Task WaitAsync(IBus bus, CancellationToken cancellationToken)
    {
        if (!_starts.TryGetValue(bus, out var start))
            return;
        await start.Task.WaitAsync(StartTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    /// <summary>The bus has started. MassTransit's own observer came first, and is done with its report.</summary>
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
