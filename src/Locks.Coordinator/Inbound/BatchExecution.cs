using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Pipeline;
using MassTransit;

namespace Locks.Coordinator.Inbound;

/// <summary>The commands of a client's batch, over as many attempts as its message gets.</summary>
/// <param name="id">The client's name for the batch.</param>
/// <param name="replyTo">The address of the client.</param>
internal sealed class BatchExecution(Guid id, Uri replyTo) : WorkSet(replyTo)
{
    private readonly List<(ReplyTo To, object Reply)> _refusals = [];
    private int _unreturned;

    /// <summary>Refuses a command that breaks a limit. The reply leaves with those of the others.</summary>
    public void Refuse(Guid? requestId, object reply) => _refusals.Add((new ReplyTo(ReplyTo!, requestId), reply));

    /// <summary>Runs what is not done yet.</summary>
    public async Task ExecuteAsync(ConsumeContext context, PartitionWorkers workers, ReplySender sender)
    {
        if (AllDone)
            await CompleteAsync(sender).ConfigureAwait(false);
        else
            await ExecuteAsync(context, workers).ConfigureAwait(false);
    }

    /// <summary>Tells the client that the remaining commands failed, after all attempts.</summary>
    public Task FailAsync(Exception exception, ReplySender sender)
    {
        foreach (var item in Open)
            Refuse(item.RequestId, new CommandFailed(item.Name, (item.Failure ?? exception).Message));

        return CompleteAsync(sender);
    }

    /// <inheritdoc/>
    public override void Returned(ReplyBuffer replies)
    {
        base.Returned(replies);
        if (Interlocked.Decrement(ref _unreturned) == 0 && AllDone)
            Complete(replies);
    }

    protected override void BeforePost(int items) => _unreturned = items;

    private async Task CompleteAsync(ReplySender sender)
    {
        var replies = new ReplyBuffer();
        Complete(replies);
        if (await sender.SendAsync(replies).ConfigureAwait(false) is { } unsent)
            throw unsent.Values.First();
    }

    private void Complete(ReplyBuffer replies)
    {
        foreach (var (to, reply) in _refusals)
            replies.Add(to, reply, origin: null);
        replies.AddCompletedBatch(ReplyTo!, id);
    }
}
