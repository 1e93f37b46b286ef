using Locks.Contracts;
using MassTransit;

namespace Locks.Client.Requests;

/// <summary>Receives the coordinator's replies and matches them with the requests.</summary>
internal sealed class ReplyConsumer(RequestLedger ledger, Action<LockAcquired> giveBack) :
    IConsumer<LockAcquired>,
    IConsumer<LockDenied>,
    IConsumer<LockQueued>,
    IConsumer<LockRenewed>,
    IConsumer<LockLost>,
    IConsumer<LockReleased>,
    IConsumer<LockNotHeld>,
    IConsumer<Fault<AcquireLock>>,
    IConsumer<Fault<RenewLock>>,
    IConsumer<Fault<ReleaseLock>>
{
    /// <summary>A grant that nobody waits for any more goes back at once, so that it keeps nobody else waiting.</summary>
    public Task Consume(ConsumeContext<LockAcquired> context)
    {
        if (ledger.Find(context.RequestId) is { } request)
            request.Receive(context.Message);
        else
            giveBack(context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<LockDenied> context) => Receive(context);

    public Task Consume(ConsumeContext<LockQueued> context) => Receive(context);

    public Task Consume(ConsumeContext<LockRenewed> context) => Receive(context);

    public Task Consume(ConsumeContext<LockLost> context) => Receive(context);

    public Task Consume(ConsumeContext<LockReleased> context) => Receive(context);

    public Task Consume(ConsumeContext<LockNotHeld> context) => Receive(context);

    public Task Consume(ConsumeContext<Fault<AcquireLock>> context) => Fail(context);

    public Task Consume(ConsumeContext<Fault<RenewLock>> context) => Fail(context);

    public Task Consume(ConsumeContext<Fault<ReleaseLock>> context) => Fail(context);

    private Task Receive<T>(ConsumeContext<T> context)
        where T : class
    {
        ledger.Find(context.RequestId)?.Receive(context.Message);
        return Task.CompletedTask;
    }

    private Task Fail<T>(ConsumeContext<Fault<T>> context)
        where T : class
    {
        var why = context.Message.Exceptions.Length > 0 ? context.Message.Exceptions[0].Message : "no reason given";
        ledger.Find(context.RequestId)?.Fail(new LockUnavailableException($"The coordinator failed to serve {typeof(T).Name}: {why}"));
        return Task.CompletedTask;
    }
}
