using Locks.Client.Core;
using Locks.Client.Core.Cohorts;
using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Transport;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Requests;

/// <summary>Receives the coordinator's replies and matches them with the requests.</summary>
/// <param name="pendingRequests">The requests.</param>
/// <param name="cohorts">The cohorts that grants begin, and that losses end.</param>
/// <param name="release">Releases a grant that no request waits for.</param>
/// <param name="observe">Takes what a batch says about batches and partitions.</param>
/// <param name="onProblem">Takes what a coordinator has trouble with.</param>
/// <param name="onFaulted">Takes the reason why the endpoint could not be opened, or was lost.</param>
/// <param name="logger">The client's log.</param>
internal sealed class ReplyConsumer(
    PendingRequests pendingRequests,
    CohortRegistry cohorts,
    Action<LockAcquired> release,
    Action<LockReplies> observe,
    Action<CoordinatorProblem> onProblem,
    Action<Exception> onFaulted,
    ILogger logger) : IReceiveEndpointObserver
{
    /// <summary>Takes every reply that travels alone.</summary>
    public void Connect(IConsumePipeConnector pipe)
    {
        pipe.ConnectHandler<ResendAcquires>(_ => InvalidatePositions());
        pipe.ConnectHandler<CommandFailed>(context =>
        {
            Receive(context.Message, context.RequestId);
            return Task.CompletedTask;
        });
        var handlers = new SingleReplyHandlers(pipe, pendingRequests);
        foreach (var reply in ReplyCatalogue.Lease.Concat(ReplyCatalogue.Queries))
            reply.Accept(handlers);
    }

    /// <summary>Receives a batch of replies, whichever way it came.</summary>
    public void ReceiveAll(LockReplies batch)
    {
        foreach (var reply in batch.Replies)
            Receive(reply);
        if (batch.Problem is { } problem)
            onProblem(problem);
        observe(batch);
    }

    /// <summary>Logs that a batch of replies was not taken.</summary>
    public void ReportUnreadable(Exception exception) => logger.ReplyNotUnderstood(exception);

    /// <summary>The queue exists again, or for the first time. What was sent to it in between is lost.</summary>
    public Task Ready(ReceiveEndpointReady ready) => InvalidatePositions();

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        if (faulted.Exception is { } exception)
            onFaulted(exception);
        return Task.CompletedTask;
    }

    private Task InvalidatePositions()
    {
        pendingRequests.InvalidatePositions();
        return Task.CompletedTask;
    }

    private void Receive(LockReply reply)
    {
        try
        {
            var type = ReplyCatalogue.TypeOf(reply);
            Receive(type.MessageIn(reply)!, type.RequestIdOf(reply));
        }
        catch (UnknownMessageException exception)
        {
            // The other replies of the batch are not to be lost for it.
            logger.UnknownReply();
            pendingRequests.Find(reply?.RequestId)?.Fail(new LockUnavailableException(exception.Message));
        }
    }

    private void Receive(object reply, Guid? requestId)
    {
        var request = pendingRequests.Find(requestId);
        switch (reply)
        {
            case LockAcquired { Cohort.Count: > 0 } grant:
                cohorts.Start(grant);
                break;
            case LockLost lost when cohorts.TryLose(requestId, lost):
                break;
            // A grant that no request waits for any more is released at once, so that it keeps no other session waiting.
            case LockAcquired grant when request is null:
                release(grant);
                break;
            case CommandFailed failed:
                request?.Fail(new LockUnavailableException($"The coordinator failed to serve {failed.Command}: {failed.Reason}"));
                break;
            default:
                request?.OnReply(reply);
                break;
        }
    }

    /// <summary>Takes the replies to commands about leases, and to queries.</summary>
    private sealed class SingleReplyHandlers(IConsumePipeConnector pipe, PendingRequests pendingRequests) : ISingleReplyVisitor
    {
        public void Visit<T>()
            where T : class =>
            pipe.ConnectHandler<T>(context =>
            {
                pendingRequests.Find(context.RequestId)?.OnReply(context.Message);
                return Task.CompletedTask;
            });
    }
}
