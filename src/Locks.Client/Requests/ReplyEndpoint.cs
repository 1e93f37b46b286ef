using Locks.Transport;
using Locks.Transport.Batches;
using Locks.Transport.Isolation;
using MassTransit;

namespace Locks.Client.Requests;

/// <summary>
/// The client's own endpoint for replies. It is temporary, and connected to the started bus when it is first needed. The transport may add
/// a queue of its own for batches.
/// </summary>
/// <param name="bus">The bus.</param>
/// <param name="lifecycle">Says when the bus has started, and when it stops.</param>
/// <param name="transport">How replies travel.</param>
/// <param name="sender">Sends the product's messages.</param>
/// <param name="consumer">Receives the replies.</param>
/// <param name="stop">Stops the client; called before the endpoint stops with its bus.</param>
internal sealed class ReplyEndpoint(
    IBus bus, BusLifecycle lifecycle, LockTransport transport, IsolatedSender sender, ReplyConsumer consumer, Func<Task> stop)
{
    private readonly Lock _gate = new();
    private Task<ReplyAddresses>? _addresses;
    private HostReceiveEndpointHandle? _handle;
    private HostReceiveEndpointHandle? _former;
    private IDisposable? _stopping;

    /// <summary>Whether replies have an address to come to.</summary>
    public bool IsConnected
    {
        get
        {
            lock (_gate)
                return _addresses is { IsCompletedSuccessfully: true };
        }
    }

    /// <summary>The addresses that replies are to be sent to.</summary>
    public Task<ReplyAddresses> GetAddressesAsync(CancellationToken cancellationToken)
    {
        Task<ReplyAddresses> addresses;
        lock (_gate)
        {
            if (_addresses is null or { IsFaulted: true } or { IsCanceled: true })
            {
                // An endpoint that is connected now would not be stopped with the others.
                if (lifecycle.IsStopping(bus))
                    throw new LockUnavailableException("The lock client can't connect any more, because its bus has been stopped.");
                _addresses = DetachedContext.Run(ConnectAsync);
            }

            addresses = _addresses;
        }

        return addresses.OrAbandonAsync(cancellationToken);
    }

    private async Task<ReplyAddresses> ConnectAsync()
    {
        await lifecycle.WaitAsync(bus, CancellationToken.None).ConfigureAwait(false);
        if (_former is { } former)
            await former.StopAsync().ConfigureAwait(false);
        _former = null;
        Func<Uri, Uri>? toBatches = null;
        _handle = sender.Connection.ConnectReceiveEndpoint(
            new TemporaryEndpointDefinition("locks-client", configureConsumeTopology: false),
            endpoint =>
            {
                // Replies are sent here; nothing that is published belongs here.
                endpoint.ConfigureConsumeTopology = false;
                var pipe = IsolatedPipe.OnTemporary(endpoint, sender, BatchSerializer.Replies);
                toBatches = transport.ReceiveReplies(endpoint, pipe, consumer.ReceiveAll, consumer.ReportUnreadable);
                endpoint.ConnectReceiveEndpointObserver(consumer);
                consumer.Connect(pipe.Consumers);
                _stopping = lifecycle.StopBefore(bus, endpoint, lifecycle.KeepOpen(endpoint, transport, () => bus), StopAsync);
            });
        var handle = _handle;
        var ready = await handle.Ready.ConfigureAwait(false);
        return new ReplyAddresses(IsolatedAddress.Mark(ready.InputAddress), toBatches!(ready.InputAddress));
    }

    /// <summary>
    /// Connects a new endpoint. The broker keeps the queue of this one for its connection, and does not know yet that the connection is dead.
    /// When the new one is ready, the requests that wait in a queue are sent again, and name it for their replies.
    /// </summary>
    public void Replace()
    {
        HostReceiveEndpointHandle? former;
        lock (_gate)
        {
            if (_addresses is not { IsCompletedSuccessfully: true })
                return;
            _stopping?.Dispose();
            (former, _addresses, _handle) = (_handle, null, null);
        }

        // It may never come to an end, as long as the broker does not let go of its queue.
        if (former is not null)
            _ = former.StopAsync().OrAbandonAsync(CancellationToken.None);
        _ = GetAddressesAsync(CancellationToken.None).OrAbandonAsync(CancellationToken.None);
    }

    private async Task StopAsync()
    {
        await stop().ConfigureAwait(false);

        // A bus that starts again would start this endpoint, too; it gets a new one in its place.
        lock (_gate)
            (_addresses, _former) = (null, _handle);
    }
}

/// <summary>The addresses that a client's replies are to be sent to.</summary>
/// <param name="Single">For replies that travel alone.</param>
/// <param name="Batches">For batches.</param>
internal sealed record ReplyAddresses(Uri Single, Uri Batches);
