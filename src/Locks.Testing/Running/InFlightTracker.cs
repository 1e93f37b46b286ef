using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.Coordinator.Hosting;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.Options;

namespace Locks.Testing.Running;

/// <summary>
/// The messages that are on their way to the coordinator, or being served by it; and the batches of which clients do not know yet that they
/// are decided: more commands may wait behind them.
/// </summary>
internal sealed class InFlightTracker(IOptions<LockCoordinatorOptions> coordinator) : ISendObserver, IPublishObserver, IReceiveObserver
{
    private readonly ConcurrentDictionary<Guid, bool> _onTheirWay = new();
    private readonly ConcurrentDictionary<Guid, bool> _undecided = new();
    private long _events;

    public int OnTheirWay => _onTheirWay.Count;

    /// <summary>How many batches were sent whose clients have not been told yet that they are decided.</summary>
    public int Undecided => _undecided.Count;

    /// <summary>How many messages were sent or received on the bus. A change shows that work goes on.</summary>
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
            _undecided.TryRemove(batch.BatchId, out _);
        return Arrives(context.MessageId);
    }

    // Other endpoints serve a published message as well, and the coordinator may not get it at all, so it counts once it is received.
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
            _undecided.TryRemove(batchId, out _);
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
                _undecided.TryAdd(batch.BatchId, true);
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
