using Locks.Client.Core.Runs;
using Locks.Contracts;
using MassTransit;

namespace Locks.Client.Requests;

/// <summary>Receives the coordinator's replies and matches them with the requests.</summary>
internal sealed class ReplyConsumer(RequestLedger ledger, RunBook runs, Action<LockAcquired> giveBack)
{
    public void Connect(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.Handler<LockAcquired>(Grant);
        endpoint.Handler<LockDenied>(Receive);
        endpoint.Handler<LockQueued>(Receive);
        endpoint.Handler<LockRenewed>(Receive);
        endpoint.Handler<LockLost>(Lose);
        endpoint.Handler<LockReleased>(Receive);
        endpoint.Handler<LockNotHeld>(Receive);
        endpoint.Handler<LockRevoked>(Receive);
        endpoint.Handler<LeaseGranted>(Receive);
        endpoint.Handler<LeaseRenewed>(Receive);
        endpoint.Handler<LeaseRevoked>(Receive);
        endpoint.Handler<LeaseNotFound>(Receive);
        endpoint.Handler<LeaseDescribed>(Receive);
        endpoint.Handler<LeaseEnded>(Receive);
        endpoint.Handler<Fault<AcquireLock>>(Fail);
        endpoint.Handler<Fault<RenewLock>>(Fail);
        endpoint.Handler<Fault<ReleaseLock>>(Fail);
        endpoint.Handler<Fault<RevokeLock>>(Fail);
        endpoint.Handler<Fault<GrantLease>>(Fail);
        endpoint.Handler<Fault<RenewLease>>(Fail);
        endpoint.Handler<Fault<RevokeLease>>(Fail);
        endpoint.Handler<Fault<DescribeLease>>(Fail);
    }

    /// <summary>A grant that nobody waits for any more goes back at once, so that it keeps nobody else waiting.</summary>
    private Task Grant(ConsumeContext<LockAcquired> context)
    {
        if (context.Message.Followers is { Count: > 0 })
            runs.Begin(context.Message);
        else if (ledger.Find(context.RequestId) is { } request)
            request.Receive(context.Message);
        else
            giveBack(context.Message);
        return Task.CompletedTask;
    }

    private Task Lose(ConsumeContext<LockLost> context) =>
        runs.Lose(context.RequestId, context.Message) ? Task.CompletedTask : Receive(context);

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
