using Locks.BatchTransport;
using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Saga;
using Locks.Coordinator.Saga.Batches;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// Sends what a group has to tell. Only then its batches are done: a message that is answered no further may be forgotten by the broker. An
/// address that nothing can be sent to keeps nothing from the others; only its own batches fail.
/// </summary>
internal sealed class ReplySender(Lazy<IBus> bus, BatchChannel channel, OpenPartitions queues, ILogger<ReplySender> logger)
{
    public async Task SendAsync(ReplyBuffer answers)
    {
        Dictionary<Uri, Exception>? notTold = null;
        foreach (var (address, replies) in answers.Coalesced)
        {
            var settled = answers.Settled.Where(batch => batch.ReplyTo == address).Select(batch => batch.Id).ToArray();
            var together = new LockReplies(replies, settled.Length > 0 ? settled : null, queues.Count);
            await TryAsync(address, () => Reply.SendAsync(bus.Value, channel, address, together)).ConfigureAwait(false);
        }

        foreach (var (asker, reply) in answers.Single)
            await TryAsync(asker.Address, () => Reply.SendAsync(bus.Value, asker, reply, CancellationToken.None)).ConfigureAwait(false);

        foreach (var batch in answers.Returned)
            batch.Told(batch.ReplyTo is { } client ? notTold?.GetValueOrDefault(client) : null);

        async Task TryAsync(Uri address, Func<Task> send)
        {
            try
            {
                await send().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever it is, it is this address's, and told to whoever asked from there.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.NotTold(address, exception);
                (notTold ??= [])[address] = exception;
            }
        }
    }
}
