using Locks.Contracts;
using MassTransit;

namespace Locks.Verification.Failpoints;

/// <summary>The failpoint behind the replies of a coordinator.</summary>
internal sealed class ReplyFailpoint(Fuse fuse) : ISendObserver
{
    public Task PreSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostSend<T>(SendContext<T> context)
        where T : class => context.Message is LockReplies ? fuse.ReachAsync(Failpoint.AfterReply) : Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;
}
