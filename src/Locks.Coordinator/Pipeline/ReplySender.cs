using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Saga.Batches;
using Locks.Transport;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// Sends the replies of a commit group. Its batches complete only then: the broker may forget a message once it is acknowledged, so that
/// its replies must have been sent. An address that cannot be reached does not hold back the others; only its own batches fail.
/// </summary>
internal sealed class ReplySender(Lazy<IBus> bus, TransportSelector transports, OpenPartitions partitions, ILogger<ReplySender> logger)
{
    public async Task SendAsync(ReplyBuffer answers)
    {
        Dictionary<Uri, Exception>? notSent = null;
        foreach (var (address, replies) in answers.Coalesced)
        {
            var completed = answers.Settled.Where(batch => batch.ReplyTo == address).Select(batch => batch.Id).ToArray();
            var together = new LockReplies(replies, completed.Length > 0 ? completed : null, partitions.Count);
            var client = BatchedReplyAddress.ClientOf(address);
            await TryAsync(address, () => transports.For(bus.Value.Address).SendRepliesAsync(bus.Value, client, together)).ConfigureAwait(false);
        }

        foreach (var (receiver, reply) in answers.Single)
        {
            await TryAsync(
                receiver.Address,
                () => ReplyRoute.To(receiver.Address).SendAsync(bus.Value, receiver.RequestId, reply, CancellationToken.None))
                .ConfigureAwait(false);
        }

        foreach (var batch in answers.Returned)
            batch.Told(batch.ReplyTo is { } client ? notSent?.GetValueOrDefault(client) : null);

        async Task TryAsync(Uri address, Func<Task> send)
        {
            try
            {
                await send().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever it is, it concerns this address alone, and fails the batches that came from there.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.NotTold(address, exception);
                (notSent ??= [])[address] = exception;
            }
        }
    }
}
