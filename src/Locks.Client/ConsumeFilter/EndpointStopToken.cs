using MassTransit;
using MassTransit.Transports;

namespace Locks.Client.ConsumeFilter;

/// <summary>
/// Tells when an endpoint is being stopped. MassTransit waits for what is being consumed, and cancels that only when its patience is at an
/// end; a message that merely waits need not be waited for.
/// </summary>
#pragma warning disable CA1001 // The source's timer is armed by a stop only, and lives as long as the endpoint.
internal sealed class EndpointStopToken(TimeProvider time) : IReceiveEndpointObserver
#pragma warning restore CA1001
{
    // After that the endpoint has ceased to take messages. One given back earlier would come straight back.
    private static readonly TimeSpan TimeToCease = TimeSpan.FromMilliseconds(500);

    private CancellationTokenSource _source = new(Timeout.InfiniteTimeSpan, time);

    /// <summary>Fires soon after the endpoint was told to stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The one of the endpoint that a message came from.</summary>
    public static EndpointStopToken Of(ReceiveContext context, TimeProvider time) =>
        context.TryGetPayload(out ReceiveEndpointContext? endpoint)
            ? endpoint.GetOrAddPayload(() => Watch(endpoint, time))
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
        _source.CancelAfter(TimeToCease);
        return Task.CompletedTask;
    }

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    private static EndpointStopToken Watch(ReceiveEndpointContext endpoint, TimeProvider time)
    {
        var stop = new EndpointStopToken(time);
        endpoint.ConnectReceiveEndpointObserver(stop);
        return stop;
    }
}
