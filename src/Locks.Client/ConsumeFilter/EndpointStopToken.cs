using MassTransit;
using MassTransit.Transports;

namespace Locks.Client.ConsumeFilter;

/// <summary>
/// A token that fires when an endpoint is being stopped. MassTransit waits for messages that are being consumed, and cancels them only
/// after its stop timeout; a message that merely waits for its lock need not be waited for.
/// </summary>
#pragma warning disable CA1001 // The source's timer is armed by a stop only, and lives as long as the endpoint.
internal sealed class EndpointStopToken(TimeProvider time) : IReceiveEndpointObserver
#pragma warning restore CA1001
{
    // By then the endpoint takes no more messages. A message that goes back to the broker earlier would be delivered here again.
    private static readonly TimeSpan DrainDelay = TimeSpan.FromMilliseconds(500);

    private CancellationTokenSource _source = new(Timeout.InfiniteTimeSpan, time);

    /// <summary>Fires 500 ms after the endpoint was told to stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The stop token of the endpoint that received a message.</summary>
    public static EndpointStopToken Of(ReceiveContext context, TimeProvider time) =>
        context.TryGetPayload(out ReceiveEndpointContext? endpoint)
            ? endpoint.GetOrAddPayload(() => Observe(endpoint, time))
            : new EndpointStopToken(time);

    public Task Ready(ReceiveEndpointReady ready)
    {
        // Endpoints can be started again.
        if (_source.IsCancellationRequested)
            _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping)
    {
        _source.CancelAfter(DrainDelay);
        return Task.CompletedTask;
    }

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    private static EndpointStopToken Observe(ReceiveEndpointContext endpoint, TimeProvider time)
    {
        var stop = new EndpointStopToken(time);
        endpoint.ConnectReceiveEndpointObserver(stop);
        return stop;
    }
}
