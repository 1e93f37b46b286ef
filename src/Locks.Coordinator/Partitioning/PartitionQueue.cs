using Locks.Transport;
using MassTransit;

namespace Locks.Coordinator.Partitioning;

/// <summary>The queue of one partition, and this coordinator's subscription to it.</summary>
internal sealed class PartitionQueue(string name, Func<CoordinatorMembership> known) : IReceiveEndpointObserver
{
    private volatile int _subscriptions;
    private volatile bool _isOpen;
    private volatile CoordinatorMembership _knownBefore = CoordinatorMembership.None;
    private HostReceiveEndpointHandle? _handle;
    private EndpointRecovery? _recovery;

    public string Name => name;

    /// <summary>How often this coordinator has subscribed to it.</summary>
    public int Subscriptions => _subscriptions;

    /// <summary>Whether this coordinator is subscribed to it now.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>The membership that was known for sure when this coordinator subscribed to it the last time.</summary>
    public CoordinatorMembership KnownBefore => _knownBefore;

    /// <summary>Completes when this coordinator has subscribed, if it is about to.</summary>
    public Task Ready => _recovery?.Ready ?? _handle?.Ready ?? Task.CompletedTask;

    /// <summary>Subscribes for the first time.</summary>
    /// <param name="connector">Connects the endpoint.</param>
    /// <param name="configure">Configures it, and says how it is kept open.</param>
    public void Connect(
        IReceiveEndpointConnector connector, Func<IBusRegistrationContext, IReceiveEndpointConfigurator, EndpointRecovery> configure)
    {
        _handle = connector.ConnectReceiveEndpoint(name, (context, endpoint) =>
        {
            endpoint.ConnectReceiveEndpointObserver(this);
            _recovery = configure(context, endpoint);
        });
    }

    /// <summary>Leaves the queue to the next subscriber, finishes what is in progress, and subscribes again, as the last one.</summary>
    public Task YieldAsync() => _recovery!.RestartAsync(_handle!.ReceiveEndpoint);

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready)
    {
        if (ready.IsStarted)
            Interlocked.Increment(ref _subscriptions);
        _isOpen = ready.IsStarted;
        return Task.CompletedTask;
    }

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => Close();

    // Also when the connection is lost: MassTransit subscribes again by itself.
    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed)
    {
        _knownBefore = known();
        return Close();
    }

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted) => Close();

    private Task Close()
    {
        _isOpen = false;
        return Task.CompletedTask;
    }
}
