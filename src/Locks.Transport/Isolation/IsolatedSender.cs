using MassTransit;
using MassTransit.Transports;

namespace Locks.Transport.Isolation;

/// <summary>
/// Sends the product's own messages over the connection of the application's bus, but past what the application has configured for its own
/// messages: its serializer, encryption, send filters, message topology. Observers see them all the same.
/// </summary>
/// <remarks>
/// MassTransit's own parts, put together as it puts them together for an endpoint, only that the endpoint's configuration has no parent.
/// Checked with MassTransit 8.5.12.
/// </remarks>
/// <param name="bus">The application's bus, which is built later than what sends over it.</param>
/// <param name="instance">MassTransit's own hold on the bus; none for a bus that was not added with <c>AddMassTransit</c>.</param>
/// <param name="time">The clock.</param>
internal sealed class IsolatedSender(Lazy<IBus> bus, Func<IBusInstance?> instance, TimeProvider time) : ISendEndpointProvider, IBusObserver
{
    private readonly Lazy<ReceiveEndpointContext?> _context = new(
        () => instance() is { } known ? LockTransport.For(bus.Value.Address).CreateSendContext(known) : null);

    /// <summary>The clock by which a send is bounded.</summary>
    public TimeProvider Time => time;

    /// <summary>
    /// The way to an address. On a transport that has no class of its own here, and for a bus that was not added with <c>AddMassTransit</c>,
    /// it is the bus's, with the bus's send filters; the format is the product's all the same.
    /// </summary>
    public async Task<ISendEndpoint> GetSendEndpoint(Uri address) => _context.Value is { } context
        ? await context.SendEndpointProvider.GetSendEndpoint(address).ConfigureAwait(false)
        : new FormattedSendEndpoint(await bus.Value.GetSendEndpoint(address).ConfigureAwait(false));

    public ConnectHandle ConnectSendObserver(ISendObserver observer) => _context.Value is { } context
        ? context.ConnectSendObserver(observer)
        : bus.Value.ConnectSendObserver(observer);

    /// <summary>A bus that was stopped has a new connection when it starts again.</summary>
    public Task PreStart(IBus starting)
    {
        if (_context.IsValueCreated)
            _context.Value?.Reset();
        return Task.CompletedTask;
    }

    public Task PostStart(IBus started, Task<BusReady> busReady) => Task.CompletedTask;

    public Task StartFaulted(IBus faulted, Exception exception) => Task.CompletedTask;

    public Task PreStop(IBus stopping) => Task.CompletedTask;

    public Task PostStop(IBus stopped) => Task.CompletedTask;

    public Task StopFaulted(IBus faulted, Exception exception) => Task.CompletedTask;

    public void PostCreate(IBus created)
    {
    }

    public void CreateFaulted(Exception exception)
    {
    }

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
