using System.Reflection;
using MassTransit;
using MassTransit.Context;

namespace Locks.Simulation.Network;

/// <summary>Writes each message as the product has it written, and hands it to the network.</summary>
/// <param name="address">Where the messages go.</param>
/// <param name="send">Takes a message that was written.</param>
internal sealed class SimulatedSendEndpoint(Uri address, Action<Uri, Envelope> send) : ISendEndpoint
{
    public ConnectHandle ConnectSendObserver(ISendObserver observer) => throw NotUsed();

    public Task Send<T>(T message, CancellationToken cancellationToken)
        where T : class =>
        Send(message, Pipe.Empty<SendContext<T>>(), cancellationToken);

    public async Task Send<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        var context = new MessageSendContext<T>(message, cancellationToken) { DestinationAddress = address };
        await pipe.Send(context);
        send(address, new Envelope(message, context.Serializer.ContentType, context.Serializer.GetMessageBody(context).GetBytes()));
    }

    public Task Send<T>(T message, IPipe<SendContext> pipe, CancellationToken cancellationToken)
        where T : class =>
        Send(message, Pipe.ExecuteAsync<SendContext<T>>(pipe.Send), cancellationToken);

    public Task Send(object message, CancellationToken cancellationToken) => throw NotUsed();

    public Task Send(object message, Type messageType, CancellationToken cancellationToken) => throw NotUsed();

    public Task Send(object message, IPipe<SendContext> pipe, CancellationToken cancellationToken) => throw NotUsed();

    public Task Send(object message, Type messageType, IPipe<SendContext> pipe, CancellationToken cancellationToken) =>
        (Task)typeof(SimulatedSendEndpoint).GetMethod(nameof(SendAs), BindingFlags.NonPublic | BindingFlags.Instance)!
            .MakeGenericMethod(messageType).Invoke(this, [message, pipe, cancellationToken])!;

    public Task Send<T>(object values, CancellationToken cancellationToken)
        where T : class =>
        throw NotUsed();

    public Task Send<T>(object values, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class =>
        throw NotUsed();

    public Task Send<T>(object values, IPipe<SendContext> pipe, CancellationToken cancellationToken)
        where T : class =>
        throw NotUsed();

    private Task SendAs<T>(T message, IPipe<SendContext> pipe, CancellationToken cancellationToken)
        where T : class =>
        Send(message, Pipe.ExecuteAsync<SendContext<T>>(pipe.Send), cancellationToken);

    private static NotSupportedException NotUsed() => new("The product does not send in this way.");
}
