using Locks.BatchTransport;
using Locks.BusStarting;
using MassTransit;

namespace Locks.Client.Requests;

/// <summary>
/// The client's own endpoint for replies: temporary, connected to the started bus when it is first needed. On RabbitMQ it brings a queue of its own for
/// batches, and a channel to send them on.
/// </summary>
internal sealed class ReplyEndpoint(IBus bus, BusReadiness start, ReplyConsumer consumer, ReplyQueue queue, BatchChannel channel)
{
    private readonly Lock _gate = new();
    private Task<ReplyAddresses>? _addresses;

    /// <summary>Where replies are to be sent.</summary>
    public Task<ReplyAddresses> GetAddressesAsync(CancellationToken cancellationToken)
    {
        Task<ReplyAddresses> addresses;
        lock (_gate)
        {
            if (_addresses is null or { IsFaulted: true } or { IsCanceled: true })
                _addresses = ConnectAsync();
            addresses = _addresses;
        }

        return addresses.WaitAsync(cancellationToken);
    }

    private async Task<ReplyAddresses> ConnectAsync()
    {
        await start.WaitAsync(bus, CancellationToken.None).ConfigureAwait(false);
        var handle = bus.ConnectReceiveEndpoint(
            new TemporaryEndpointDefinition("locks-client", configureConsumeTopology: false),
            DefaultEndpointNameFormatter.Instance,
            endpoint =>
            {
                // Replies are sent here; nothing that anybody publishes belongs here.
                endpoint.ConfigureConsumeTopology = false;
                queue.AttachTo(endpoint);
                channel.AttachTo(endpoint);
                consumer.Connect(endpoint);
            });
        var ready = await handle.Ready.ConfigureAwait(false);
        return new ReplyAddresses(ready.InputAddress, queue.AddressBeside(ready.InputAddress));
    }
}

/// <summary>Where a client's replies are to be sent.</summary>
/// <param name="Single">Messages of MassTransit's.</param>
/// <param name="Batches">Batches.</param>
internal sealed record ReplyAddresses(Uri Single, Uri Batches);
