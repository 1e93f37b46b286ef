using Locks.Transport;
using MassTransit;

namespace Locks.Client.Requests;

/// <summary>
/// The client's own endpoint for replies. It is temporary, and connected to the started bus when it is first needed. The transport may add
/// a queue of its own for batches.
/// </summary>
internal sealed class ReplyEndpoint(IBus bus, BusReadiness start, LockTransport transport, ReplyConsumer consumer)
{
    private readonly Lock _gate = new();
    private Task<ReplyAddresses>? _addresses;

    /// <summary>The addresses that replies are to be sent to.</summary>
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
        Func<Uri, Uri>? toBatches = null;
        var handle = bus.ConnectReceiveEndpoint(
            new TemporaryEndpointDefinition("locks-client", configureConsumeTopology: false),
            DefaultEndpointNameFormatter.Instance,
            endpoint =>
            {
                // Replies are sent here; nothing that is published belongs here.
                endpoint.ConfigureConsumeTopology = false;
                toBatches = transport.ReceiveReplies(endpoint, consumer.ReceiveAll, consumer.ReportUnreadable);
                consumer.Connect(endpoint);
            });
        var ready = await handle.Ready.ConfigureAwait(false);
        return new ReplyAddresses(ready.InputAddress, toBatches!(ready.InputAddress));
    }
}

/// <summary>The addresses that a client's replies are to be sent to.</summary>
/// <param name="Single">For replies that travel alone.</param>
/// <param name="Batches">For batches.</param>
internal sealed record ReplyAddresses(Uri Single, Uri Batches);
