using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// Sends the replies of a commit group: the one way by which replies leave. An address that nothing can be sent to keeps no reply from the
/// others; only the sets of its own client fail.
/// </summary>
internal sealed class ReplySender(
    Lazy<IBus> bus, IsolatedSender sender, TransportSelector transports, OpenPartitions partitions, ILogger<ReplySender> logger)
{
    /// <summary>Tells a client why its message can't be served. That it could not be told is only logged.</summary>
    public async Task ReportAsync(Uri client, CoordinatorProblem problem)
    {
        try
        {
            await transports.For(bus.Value.Address)
                .SendRepliesAsync(sender, client, new LockReplies([], Problem: problem))
                .ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The client repeats its request, and is told then.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.ReplyNotSent(client, exception);
        }
    }

    /// <summary>Sends the replies.</summary>
    /// <returns>The addresses that nothing could be sent to, each with the last reason. Absent when there are none.</returns>
    public async Task<IReadOnlyDictionary<Uri, Exception>?> SendAsync(ReplyBuffer buffer)
    {
        Dictionary<Uri, Exception>? failures = null;
        foreach (var (address, replies) in buffer.Batched)
        {
            var completed = buffer.CompletedBatches.Where(batch => batch.Client == address).Select(batch => batch.BatchId).ToArray();
            var batch = new LockReplies(replies, completed.Length > 0 ? completed : null, partitions.Count);
            await TrySendAsync(address, () => transports.For(address).SendRepliesAsync(sender, BatchedReplyAddress.ClientOf(address), batch)).ConfigureAwait(false);
        }

        foreach (var (to, reply, origin) in buffer.Single)
        {
            var route = ReplyRoute.To(to.Address);
            ISendEndpointProvider from = origin is not null && IsolatedPipe.Serves(origin) == route.IsIsolated ? origin
                : route.IsIsolated ? sender
                : bus.Value;
            await TrySendAsync(to.Address, () => route.SendAsync(from, to.RequestId, reply, CancellationToken.None)).ConfigureAwait(false);
        }

        return failures;

        async Task TrySendAsync(Uri address, Func<Task> send)
        {
            try
            {
                await send().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // It concerns this address alone, and its client is told.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                logger.ReplyNotSent(address, exception);
                (failures ??= [])[address] = exception;
            }
        }
    }
}
