using MassTransit;
using MassTransit.Transports;

namespace Locks.Transport.Isolation;

/// <summary>
/// Sends the product's own messages, past what the application has configured for its own messages: its serializer, encryption, send
/// filters, message topology.
/// </summary>
/// <remarks>
/// MassTransit's own parts, put together as it puts them together for an endpoint, only that the endpoint's configuration has no parent.
/// Checked with MassTransit 8.5.12.
/// </remarks>
/// <param name="connection">What they travel by.</param>
internal sealed class IsolatedSender(IsolatedConnection connection) : ISendEndpointProvider
{
    /// <summary>What the messages travel by.</summary>
    public IsolatedConnection Connection => connection;

    /// <summary>
    /// The way to an address. On a transport that has no class of its own here, and for a bus that was not added with <c>AddMassTransit</c>,
    /// it is the bus's, with the bus's send filters; the format is the product's all the same.
    /// </summary>
    public async Task<ISendEndpoint> GetSendEndpoint(Uri address) => connection.SendContext is { } context
        ? await context.SendEndpointProvider.GetSendEndpoint(address).ConfigureAwait(false)
        : new FormattedSendEndpoint(await connection.Bus.GetSendEndpoint(address).ConfigureAwait(false));

    /// <summary>Sends a message that need not survive the broker.</summary>
    /// <exception cref="TimeoutException">The send took longer than <see cref="BoundedSend.Limit"/>. The message may be sent all the same.</exception>
    public Task SendTransientAsync<T>(Uri address, T message, CancellationToken cancellationToken)
        where T : class => BoundedSend.RunAsync(
        async cancel =>
        {
            var endpoint = await GetSendEndpoint(address).ConfigureAwait(false);
            await endpoint.Send(message, send => send.Durable = false, cancel).ConfigureAwait(false);
        },
        cancellationToken);

    public ConnectHandle ConnectSendObserver(ISendObserver observer) => connection.SendContext is { } context
        ? context.ConnectSendObserver(observer)
        : connection.Bus.ConnectSendObserver(observer);

    /// <summary>Writes what it sends in the product's format, unless the sending says otherwise.</summary>
    private sealed class FormattedSendEndpoint(ISendEndpoint endpoint) : SendEndpointProxy(endpoint)
    {
        protected override IPipe<SendContext<T>> GetPipeProxy<T>(IPipe<SendContext<T>>? pipe = null) => Pipe.ExecuteAsync<SendContext<T>>(
            context =>
            {
                context.Serializer = MessageSerializer.Instance;
                return pipe is null ? Task.CompletedTask : pipe.Send(context);
            });
    }
}
