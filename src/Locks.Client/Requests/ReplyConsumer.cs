using Locks.BatchTransport;
using Locks.Client.Core.Cohorts;
using Locks.Contracts;
using MassTransit;

namespace Locks.Client.Requests;

/// <summary>Receives the coordinator's replies and matches them with the requests.</summary>
internal sealed class ReplyConsumer(
    PendingRequests pendingRequests, CohortRegistry cohorts, Action<LockAcquired> giveBack, Action<LockReplies> observe) : IReceiveEndpointObserver
{
    public void Connect(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.ConnectReceiveEndpointObserver(this);
        endpoint.AddDeserializer(BatchSerializer.Replies);
        endpoint.Handler<LockReplies>(context =>
        {
            ReceiveAll(context.Message);
            return Task.CompletedTask;
        });
        endpoint.Handler<ResendAcquires>(_ => InvalidatePositions());
        endpoint.Handler<LeaseGranted>(Receive);
        endpoint.Handler<LeaseRenewed>(Receive);
        endpoint.Handler<LeaseRevoked>(Receive);
        endpoint.Handler<LeaseNotFound>(Receive);
        endpoint.Handler<LeaseDescribed>(Receive);
        endpoint.Handler<LeaseEnded>(Receive);
        endpoint.Handler<Fault<GrantLease>>(Fail);
        endpoint.Handler<Fault<RenewLease>>(Fail);
        endpoint.Handler<Fault<RevokeLease>>(Fail);
        endpoint.Handler<Fault<DescribeLease>>(Fail);
    }

    /// <summary>Receives a batch of replies, whichever way it came.</summary>
    public void ReceiveAll(LockReplies batch)
    {
        foreach (var reply in batch.Replies)
            Receive(reply);
        observe(batch);
    }

    /// <summary>The queue is there again, or for the first time. What was sent to it in between is lost.</summary>
    public Task Ready(ReceiveEndpointReady ready) => InvalidatePositions();

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    private Task InvalidatePositions()
    {
        pendingRequests.InvalidatePositions();
        return Task.CompletedTask;
    }

    private void Receive(LockReply reply)
    {
        var id = reply.RequestId ?? reply.Acquired?.AcquireId ?? reply.Denied?.AcquireId ?? reply.Queued?.AcquireId;
        var request = pendingRequests.Find(id);
        switch (reply)
        {
            case { Acquired: { Cohort.Count: > 0 } cohort }:
                cohorts.Start(cohort);
                break;
            case { Lost: { } lost } when cohorts.TryLose(id, lost):
                break;
            // A grant that nobody waits for any more goes back at once, so that it keeps nobody else waiting.
            case { Acquired: { } grant } when request is null:
                giveBack(grant);
                break;
            case { Failed: { } failed }:
                request?.Fail(new LockUnavailableException($"The coordinator failed to serve {failed.Command}: {failed.Reason}"));
                break;
            default:
                object? answer = reply.Acquired ?? reply.Released ?? reply.Renewed ?? reply.Denied ?? reply.Queued ?? reply.Lost
                    ?? reply.NotHeld ?? (object?)reply.Revoked;
                if (answer is not null)
                    request?.OnReply(answer);
                break;
        }
    }

    private Task Receive<T>(ConsumeContext<T> context)
        where T : class
    {
        pendingRequests.Find(context.RequestId)?.OnReply(context.Message);
        return Task.CompletedTask;
    }

    private Task Fail<T>(ConsumeContext<Fault<T>> context)
        where T : class
    {
        var why = context.Message.Exceptions.Length > 0 ? context.Message.Exceptions[0].Message : "no reason given";
        pendingRequests.Find(context.RequestId)?.Fail(new LockUnavailableException($"The coordinator failed to serve {typeof(T).Name}: {why}"));
        return Task.CompletedTask;
    }
}
