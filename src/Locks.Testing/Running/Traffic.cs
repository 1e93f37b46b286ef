using System.Collections.Concurrent;
using Locks.Coordinator.Hosting;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.Options;

namespace Locks.Testing.Running;

/// <summary>The messages that are on their way to the coordinator, or being served by it.</summary>
internal sealed class Traffic(IOptions<LockCoordinatorOptions> coordinator) : ISendObserver, IPublishObserver, IReceiveObserver
{
    private readonly ConcurrentDictionary<Guid, bool> _onTheirWay = new();
    private long _events;

    public int OnTheirWay => _onTheirWay.Count;

    /// <summary>How many messages were sent or received by anybody: a sign that somebody is at work.</summary>
    public long Events => Interlocked.Read(ref _events);

    Task ISendObserver.PreSend<T>(SendContext<T> context) => Leaves(context);

    Task ISendObserver.PostSend<T>(SendContext<T> context) => Task.CompletedTask;

    Task ISendObserver.SendFault<T>(SendContext<T> context, Exception exception) => Arrives(context.MessageId);

    // Whatever is published is served by others as well, and need not come here at all: only its arrival tells.
    Task IPublishObserver.PrePublish<T>(PublishContext<T> context) => Happens();

    Task IPublishObserver.PostPublish<T>(PublishContext<T> context) => Happens();

    Task IPublishObserver.PublishFault<T>(PublishContext<T> context, Exception exception) => Happens();

    Task IReceiveObserver.PreReceive(ReceiveContext context)
    {
        if (IsCoordinator(context.InputAddress) && context.GetMessageId() is { } id)
            _onTheirWay.TryAdd(id, true);
        return Happens();
    }

    Task IReceiveObserver.PostReceive(ReceiveContext context) => Arrives(context.GetMessageId());

    Task IReceiveObserver.PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) => Task.CompletedTask;

    Task IReceiveObserver.ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) =>
        Task.CompletedTask;

    Task IReceiveObserver.ReceiveFault(ReceiveContext context, Exception exception) => Arrives(context.GetMessageId());

    private Task Leaves<T>(SendContext<T> context)
        where T : class
    {
        if (IsCoordinator(context.DestinationAddress) && context.MessageId is { } id)
            _onTheirWay.TryAdd(id, true);
        return Happens();
    }

    private Task Arrives(Guid? messageId)
    {
        if (messageId is { } id)
            _onTheirWay.TryRemove(id, out _);
        return Happens();
    }

    private Task Happens()
    {
        Interlocked.Increment(ref _events);
        return Task.CompletedTask;
    }

    private bool IsCoordinator(Uri? address) => address?.GetEndpointName() == coordinator.Value.QueueName;
}
