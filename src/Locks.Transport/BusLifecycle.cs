using System.Collections.Concurrent;
using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.DependencyInjection;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Transport;

/// <summary>
/// Knows when a bus has started, and has it stop in order. Only on a started bus may an endpoint be connected: while the bus starts,
/// MassTransit starts every endpoint that it finds, also one that another component is about to connect, which then cannot; and it walks
/// over the list of all endpoints for its usage report, where one more makes the whole start fail, and the bus stops.
/// <para>
/// MassTransit stops all endpoints at once. But the application's consumers may hold locks until they end, what is held must be released
/// before its reply queue is gone, and a coordinator in the same process must still take the release. So the application's endpoints stop
/// first, then the lock client's, and then the coordinator's.
/// </para>
/// </summary>
/// <remarks>
/// Checked on 2026-11-28 with MassTransit 8.5.12: its <c>UsageTelemetryEndpointConfigurationObserver</c> still keeps a plain <c>List</c>
/// that its <c>Update()</c> enumerates, so an endpoint that is connected during the start can fault the start.
/// </remarks>
/// <param name="connection">What the product's messages travel by; closed when the bus has stopped.</param>
/// <param name="time">The clock.</param>
internal sealed class BusLifecycle(IsolatedConnection connection, TimeProvider time) : IBusObserver, IDisposable
{
    // On the system's clock: how long consumers take to end is about the machine, and no test's time.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    // Consumers that do not heed their cancellation must not keep the bus from stopping.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _time = time;

    /// <summary>
    /// How long a start may take before endpoints are connected all the same: a bus of which one endpoint does not get ready serves all
    /// others meanwhile.
    /// </summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<IBus, BusRun> _runs = new(ReferenceEqualityComparer.Instance);
    private readonly TaskCompletionSource _clientsStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, bool> _ownEndpoints = new();

    /// <summary>
    /// Registers it as an observer of the application's buses, once for client and coordinator, with what sends over the bus, and has the
    /// application's start refused when there is no bus.
    /// </summary>
    public static void Register(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(BusLifecycle)))
            return;

        services.AddHostedService<BusRequirement>();
        services.AddSingleton<BusLifecycle>();
        services.AddBusObserver(static provider => provider.GetRequiredService<BusLifecycle>());
        services.AddSingleton(static provider => new IsolatedConnection(
            new Lazy<IBus>(provider.GetRequiredService<IBus>), () => provider.GetService<Bind<IBus, IBusInstance>>()?.Value));
        services.AddSingleton<IsolatedSender>();
    }

    /// <summary>
    /// Completes when the bus has started, or has been starting for <see cref="StartTimeout"/>; at once for a bus that is not observed.
    /// </summary>
    public async Task WaitAsync(IBus bus, CancellationToken cancellationToken)
    {
        if (!_runs.TryGetValue(bus, out var run))
            return;
        await run.Started.Task.WaitAsync(StartTimeout, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Whether the bus has been told to start; also yes for one that is not observed.</summary>
    public bool IsStarting(IBus bus) => !_runs.TryGetValue(bus, out var run) || run.HasBegun;

    /// <summary>Whether the bus has been told to stop, and not to start again.</summary>
    public bool IsStopping(IBus bus) => _runs.TryGetValue(bus, out var run) && run.IsStopping;

    /// <summary>The product's endpoints that can't be opened again.</summary>
    public EndpointFailures Failures { get; } = new();

    /// <summary>Has one of the product's endpoints started again whenever it is down.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="transport">Its transport.</param>
    /// <param name="bus">Its bus, when there is one.</param>
    public EndpointRecovery KeepOpen(IReceiveEndpointConfigurator endpoint, LockTransport transport, Func<IBus> bus)
    {
        var recovery = new EndpointRecovery(transport, HasStopped, Failures, _time);
        endpoint.ConnectReceiveEndpointObserver(recovery);
        transport.EndLostChannels(endpoint);
        return recovery;

        bool HasStopped()
        {
            try
            {
                return IsStopping(bus());
            }
            catch (ObjectDisposedException)
            {
                // The bus went with its container.
                return true;
            }
        }
    }

    /// <summary>Has the bus wait with the client's endpoint, when it stops, until the client has stopped.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="endpoint">The endpoint for the client's replies.</param>
    /// <param name="recovery">Starts it again when it is down.</param>
    /// <param name="stop">Stops the client; called when all of the application's endpoints have stopped.</param>
    /// <returns>Disposing lets the endpoint stop without the client.</returns>
    public IDisposable? StopBefore(IBus bus, IReceiveEndpointConfigurator endpoint, EndpointRecovery recovery, Func<Task> stop)
    {
        if (!_runs.TryGetValue(bus, out var run))
            return null;

        _ownEndpoints[endpoint.InputAddress.AbsolutePath] = true;
        var client = new Client(stop, run.Remove);
        run.Add(client);
        endpoint.ConnectReceiveEndpointObserver(new StopGate(recovery, client.Completed, _time));
        return client;
    }

    /// <summary>Has the bus wait with the coordinator's endpoint, when it stops, until the clients in this process have stopped.</summary>
    public void StopAfterClients(IReceiveEndpointConfigurator endpoint, EndpointRecovery recovery)
    {
        _ownEndpoints[endpoint.InputAddress.AbsolutePath] = true;
        endpoint.ConnectReceiveEndpointObserver(new StopGate(recovery, _clientsStopped.Task, _time));
    }

    /// <inheritdoc/>
    public void PostCreate(IBus bus)
    {
        var run = _runs[bus] = new BusRun(this);
        bus.ConnectReceiveEndpointObserver(run);
    }

    /// <inheritdoc/>
    public void CreateFaulted(Exception exception)
    {
    }

    /// <inheritdoc/>
    public Task PreStart(IBus bus)
    {
        connection.Reset();
        if (_runs.TryGetValue(bus, out var run))
            run.Begin();
        return Task.CompletedTask;
    }

    /// <summary>The bus has started. MassTransit's own observer came first, and is done with its report.</summary>
    public Task PostStart(IBus bus, Task<BusReady> busReady)
    {
        if (_runs.TryGetValue(bus, out var run))
            run.Started.TrySetResult();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    /// <summary>The bus stops next. What has to come before the last endpoints stop runs beside that.</summary>
    public Task PreStop(IBus bus)
    {
        if (_runs.TryGetValue(bus, out var run))
            run.Stop = DetachedContext.Run(() => StopAsync(run));
        return Task.CompletedTask;
    }

    /// <summary>The bus has stopped, and with it the coordinator's endpoints. A client may still have to release what it holds.</summary>
    public async Task PostStop(IBus bus)
    {
        if (_runs.TryGetValue(bus, out var run))
            await run.Stop.WaitAsync(LongestWait, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.CloseAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StopFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    /// <summary>
    /// The container goes, and with it the connection, whose endpoints wait for nothing any more. MassTransit stops a bus without a word to
    /// its observers if it never connected, and a host cuts a stop short that takes too long.
    /// </summary>
    public void Dispose()
    {
        foreach (var run in _runs.Values)
            run.Release();
        _clientsStopped.TrySetResult();
    }

    private async Task StopAsync(BusRun run)
    {
        await run.StopClientsAsync().ConfigureAwait(false);
        _clientsStopped.TrySetResult();
    }

    /// <summary>A bus from one start to the next.</summary>
    private sealed class BusRun(BusLifecycle lifecycle) : IReceiveEndpointObserver
    {
        private readonly Lock _gate = new();
        private readonly HashSet<IReceiveEndpoint> _receiving = new(ReferenceEqualityComparer.Instance);
        private readonly HashSet<IReceiveEndpoint> _ended = new(ReferenceEqualityComparer.Instance);
        private readonly HashSet<Client> _clients = [];
        private TaskCompletionSource? _drained;

        public TaskCompletionSource Started { get; private set; } = NewSource();

        /// <summary>Completes when the clients have stopped.</summary>
        public Task Stop { get; set; } = Task.CompletedTask;

        public bool IsStopping { get; private set; }

        public bool HasBegun { get; private set; }

        public void Begin()
        {
            lock (_gate)
            {
                (IsStopping, HasBegun) = (false, true);
                _ended.Clear();
                if (Started.Task.IsCompleted)
                    Started = NewSource();
            }
        }

        public void Add(Client client)
        {
            lock (_gate)
            {
                // A client that comes when the bus stops already has nothing to stop.
                if (!IsStopping)
                    _clients.Add(client);
            }

            if (IsStopping)
                client.Dispose();
        }

        public void Remove(Client client)
        {
            lock (_gate)
                _clients.Remove(client);
        }

        public async Task StopClientsAsync()
        {
            List<Client> clients;
            Task drained;
            lock (_gate)
            {
                IsStopping = true;
                clients = [.. _clients];
                _clients.Clear();
                _drained = NewSource();
                drained = _drained.Task;
            }

            ForgetStopped();
            while (!await IsCompletedAsync(drained).ConfigureAwait(false))
                ForgetStopped();
            await Task.WhenAll(clients.Select(client => client.StopAsync())).ConfigureAwait(false);
        }

        /// <summary>Lets the clients' endpoints stop without their clients, which the container has disposed of.</summary>
        public void Release()
        {
            List<Client> clients;
            lock (_gate)
            {
                IsStopping = true;
                clients = [.. _clients];
            }

            foreach (var client in clients)
                client.Dispose();
        }

        private static async Task<bool> IsCompletedAsync(Task task)
        {
            await task.WaitAsync(LookInterval, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return task.IsCompleted;
        }

        /// <summary>
        /// Looks for endpoints that have stopped without a report: MassTransit disconnects the observers of one that is stopped by itself.
        /// </summary>
        private void ForgetStopped()
        {
            lock (_gate)
            {
                _receiving.RemoveWhere(static endpoint => endpoint is ReceiveEndpoint receive && !receive.IsStarted());
                if (_receiving.Count == 0)
                    _drained!.TrySetResult();
            }
        }

        public Task Ready(ReceiveEndpointReady ready)
        {
            // The bus's own endpoint stops after all others.
            if (ready.ReceiveEndpoint is ReceiveEndpoint { IsBusEndpoint: true } || lifecycle._ownEndpoints.ContainsKey(ready.InputAddress.AbsolutePath))
                return Task.CompletedTask;

            lock (_gate)
            {
                // MassTransit reports from several threads: this may come after the report of the endpoint's end.
                if (!_ended.Contains(ready.ReceiveEndpoint))
                    _receiving.Add(ready.ReceiveEndpoint);
            }

            return Task.CompletedTask;
        }

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => Ended(completed.ReceiveEndpoint);

        public Task Faulted(ReceiveEndpointFaulted faulted) => Ended(faulted.ReceiveEndpoint);

        private Task Ended(IReceiveEndpoint endpoint)
        {
            lock (_gate)
            {
                if (!_receiving.Remove(endpoint) && IsStopping)
                    _ended.Add(endpoint);
                if (_receiving.Count == 0)
                    _drained?.TrySetResult();
            }

            return Task.CompletedTask;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A client, whose endpoint waits for its stop.</summary>
    private sealed class Client(Func<Task> stop, Action<Client> remove) : IDisposable
    {
        private readonly TaskCompletionSource _stopped = NewSource();

        public Task Completed => _stopped.Task;

        public async Task StopAsync()
        {
            try
            {
                await stop().ConfigureAwait(false);
            }
            finally
            {
                _stopped.TrySetResult();
            }
        }

        public void Dispose()
        {
            remove(this);
            _stopped.TrySetResult();
        }
    }

    /// <summary>
    /// Has an endpoint stop only when something else has. MassTransit's own dependents would do the same, but they would keep an endpoint
    /// from being stopped to be started again, too.
    /// </summary>
    private sealed class StopGate(EndpointRecovery recovery, Task completed, TimeProvider time) : IReceiveEndpointObserver
    {
        public async Task Stopping(ReceiveEndpointStopping stopping)
        {
            if (!recovery.IsRestarting)
                await completed.WaitAsync(LongestWait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;
    }
}
