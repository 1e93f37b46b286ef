using MassTransit;
using MassTransit.Transports;

namespace Locks.Transport.Isolation;

/// <summary>
/// What the product's own messages travel by, past what the application has configured for its bus. Where the transport has connections, it
/// is one beside the bus's: what the application's consumers do to theirs, and how its heartbeat is set, does not concern locks then.
/// </summary>
/// <param name="bus">The application's bus, which is built later than what uses this.</param>
/// <param name="instance">MassTransit's own hold on the bus; none for a bus that was not added with <c>AddMassTransit</c>.</param>
internal sealed class IsolatedConnection(Lazy<IBus> bus, Func<IBusInstance?> instance) : IAsyncDisposable, IDisposable
{
    private readonly Lazy<IsolatedHost?> _host = new(
        () => instance() is { } known ? LockTransport.For(bus.Value.Address).CreateHost(known) : null);

    /// <summary>The bus.</summary>
    public IBus Bus => bus.Value;

    /// <summary>
    /// What messages are sent with. Absent on a transport that has no class of its own here, and for a bus that was not added with
    /// <c>AddMassTransit</c>: the bus's own way is used then.
    /// </summary>
    public ReceiveEndpointContext? SendContext => _host.Value?.SendContext;

    /// <summary>Connects a receive endpoint to the started bus, and starts it.</summary>
    public HostReceiveEndpointHandle ConnectReceiveEndpoint(IEndpointDefinition definition, Action<IReceiveEndpointConfigurator> configure) =>
        (_host.Value?.Endpoints ?? bus.Value).ConnectReceiveEndpoint(definition, DefaultEndpointNameFormatter.Instance, configure);

    /// <summary>The bus starts. One that was stopped before has new connections.</summary>
    public void Reset()
    {
        if (_host.IsValueCreated)
            _host.Value?.SendContext.Reset();
    }

    /// <summary>The bus has stopped, and nothing is sent any more until it starts again.</summary>
    public Task CloseAsync() => _host is { IsValueCreated: true, Value: { } host } ? host.CloseAsync() : Task.CompletedTask;

    /// <summary>Closes the connection of a bus whose stop was cut short.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => _ = CloseAsync().OrAbandonAsync(CancellationToken.None);
}
