using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.Coordinator.Hosting;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.Options;

namespace Locks.Testing.Running;

/// <summary>
/// The messages that are on their way to the coordinator, or being served by it; and the batches of which clients do not know yet what has
/// become: more may be waiting to follow them.
/// </summary>
internal sealed class InFlightTracker(IOptions<LockCoordinatorOptions> coordinator) : ISendObserver, IPublishObserver, IReceiveObserver
{
    private readonly ConcurrentDictionary<Guid, bool> _onTheirWay = new();
    private readonly ConcurrentDictionary<Guid, bool> _unsettled = new();
    private long _events;

    public int OnTheirWay => _onTheirWay.Count;

    /// <summary>How many batches have left of which no client has heard that they are settled.</summary>
    public int Unsettled => _unsettled.Count;

    /// <summary>How many messages were sent or received by anybody: a sign that somebody is at work.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Something will be sent to the coordinator, and counts as being on its way until it is disposed.</summary>
    public IDisposable Expect() => new Expected(_onTheirWay);

    /// <summary>A message has been served, even if it is kept for a while.</summary>
    public void Served(ReceiveContext context) => Arrives(context.GetMessageId());

    Task ISendObserver.PreSend<T>(SendContext<T> context) => Leaves(context);

    Task ISendObserver.PostSend<T>(SendContext<T> context) => Task.CompletedTask;

    Task ISendObserver.SendFault<T>(SendContext<T> context, Exception exception)
    {
        if (context.Message is LockCommands batch)
            _unsettled.TryRemove(batch.BatchId, out _);
        return Arrives(context.MessageId);
    }

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

    Task IReceiveObserver.PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
    {
        foreach (var batchId in (context.Message as LockReplies)?.Completed ?? [])
            _unsettled.TryRemove(batchId, out _);
        return Happens();
    }

    Task IReceiveObserver.ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) =>
        Task.CompletedTask;

    Task IReceiveObserver.ReceiveFault(ReceiveContext context, Exception exception) => Arrives(context.GetMessageId());

    private Task Leaves<T>(SendContext<T> context)
        where T : class
    {
        if (IsCoordinator(context.DestinationAddress) && context.MessageId is { } id)
        {
            _onTheirWay.TryAdd(id, true);
            if (context.Message is LockCommands batch)
                _unsettled.TryAdd(batch.BatchId, true);
        }

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

    private sealed class Expected : IDisposable
    {
        private readonly ConcurrentDictionary<Guid, bool> _onTheirWay;
        private readonly Guid _id = Guid.CreateVersion7();

        public Expected(ConcurrentDictionary<Guid, bool> onTheirWay)
        {
            _onTheirWay = onTheirWay;
            _onTheirWay.TryAdd(_id, true);
        }

        public void Dispose() => _onTheirWay.TryRemove(_id, out _);
    }
}
