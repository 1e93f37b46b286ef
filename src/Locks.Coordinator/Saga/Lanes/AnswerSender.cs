using Locks.Contracts;
using Locks.Coordinator.Saga.Batches;
using MassTransit;

namespace Locks.Coordinator.Saga.Lanes;

/// <summary>Sends what a group has to tell. Only then its batches are done: a message that is answered no further may be forgotten by the broker.</summary>
internal sealed class AnswerSender(Lazy<IBus> bus, OpenQueues queues)
{
    public async Task SendAsync(Answers answers)
    {
        Exception? notTold = null;
        try
        {
            foreach (var (address, replies) in answers.Coalesced)
            {
                var settled = answers.Settled.Where(batch => batch.ReplyTo == address).Select(batch => batch.Id).ToArray();
                await Reply
                    .SendAsync(bus.Value, address, new LockReplies(replies, settled.Length > 0 ? settled : null, queues.Count))
                    .ConfigureAwait(false);
            }

            foreach (var (asker, reply) in answers.Single)
                await Reply.SendAsync(bus.Value, asker, reply, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The batches fail with it, and so do their messages, which the broker then delivers again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            notTold = exception;
        }

        foreach (var batch in answers.Returned)
            batch.Complete(notTold);
    }
}
