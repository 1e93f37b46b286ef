using MassTransit;

namespace Locks.Client.Requests;

/// <summary>The client's own queue for replies: temporary, connected to the bus when it is first needed.</summary>
internal sealed class ReplyEndpoint(IBus bus, ReplyConsumer consumer)
{
    private readonly Lock _gate = new();
    private Task<Uri>? _address;

    /// <summary>Where replies are to be sent.</summary>
    public Task<Uri> GetAddressAsync(CancellationToken cancellationToken)
    {
        Task<Uri> address;
        lock (_gate)
        {
            if (_address is null or { IsFaulted: true } or { IsCanceled: true })
                _address = ConnectAsync();
            address = _address;
        }

        return address.WaitAsync(cancellationToken);
    }

    private async Task<Uri> ConnectAsync()
    {
        var handle = bus.ConnectReceiveEndpoint(
            new TemporaryEndpointDefinition("locks-client", configureConsumeTopology: false),
            DefaultEndpointNameFormatter.Instance,
            endpoint =>
            {
                // Replies are sent here; nothing that anybody publishes belongs here.
                endpoint.ConfigureConsumeTopology = false;
                consumer.Connect(endpoint);
            });
        var ready = await handle.Ready.ConfigureAwait(false);
        return ready.InputAddress;
    }
}
