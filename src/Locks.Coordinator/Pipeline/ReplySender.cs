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
    Lazy<IBus> bus,
    IsolatedSender sender,
    TransportSelector transports,
    OpenPartitions partitions,
    CommitListeners listeners,
    ILogger<ReplySender> logger)
{
    /// <summary>Tells a client why its message can't be served. That it could not be told is only logged.</summary>
    public async Task ReportAsync(Uri client, CoordinatorProblem problem)
    {
        try
        {
            await BoundedSend.RunAsync(
                cancel => transports.For(bus.Value.Address).SendRepliesAsync(sender, client, new LockReplies([], Problem: problem), cancel),
                CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The client repeats its request, and is told then.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotSent(client, exception);
        }
    }

    /// <summary>Sends the replies. One that the broker does not take in time counts as sent: its client asks for it again.</summary>
    /// <returns>The addresses that nothing could be sent to, each with the last reason. Absent when there are none.</returns>
    public async Task<IReadOnlyDictionary<Uri, Exception>?> SendAsync(ReplyBuffer buffer)
    {
        using var limit = new CancellationTokenSource(BoundedSend.Limit, TimeProvider.System);
        var sends = new List<Task<(Uri Address, Exception? Failure)>>();
        foreach (var (address, replies) in buffer.Batched)
        {
            var completed = buffer.CompletedBatches.Where(batch => batch.Client == address).Select(batch => batch.BatchId).ToArray();
            var batch = new LockReplies(replies, completed.Length > 0 ? completed : null, partitions.Count);
            sends.Add(TrySendAsync(address, () => SendBatchAsync(address, batch, limit.Token)));
        }

        foreach (var toOne in buffer.Single.GroupBy(static single => single.To.Address))
            sends.Add(TrySendAsync(toOne.Key, () => SendSinglesAsync(toOne)));

        Dictionary<Uri, Exception>? failures = null;
        foreach (var send in sends)
        {
            if (await send.ConfigureAwait(false) is (var address, { } failure))
                (failures ??= [])[address] = failure;
        }

        return failures;
    }

    private async Task SendBatchAsync(Uri address, LockReplies batch, CancellationToken limit)
    {
        var send = transports.For(bus.Value.Address).SendRepliesAsync(sender, BatchedReplyAddress.ClientOf(address), batch, limit);
        try
        {
            await send.OrAbandonAsync(limit).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            LogNotSent(address, exception);
        }
    }

    private async Task SendSinglesAsync(IEnumerable<ReplyBuffer.SingleReply> replies)
    {
        foreach (var (to, reply, origin) in replies)
        {
            var route = ReplyRoute.To(to.Address, bus.Value.Address);
            ISendEndpointProvider from = origin is not null && IsolatedPipe.Serves(origin) == route.IsIsolated ? origin
                : route.IsIsolated ? sender
                : bus.Value;
            try
            {
                await BoundedSend.RunAsync(
                    cancel => route.SendAsync(from, to.RequestId, reply, cancel), CancellationToken.None).ConfigureAwait(false);
            }
            catch (TimeoutException exception)
            {
                LogNotSent(to.Address, exception);
            }
        }
    }

    private async Task<(Uri Address, Exception? Failure)> TrySendAsync(Uri address, Func<Task> send)
    {
        try
        {
            await send().ConfigureAwait(false);
            return (address, null);
        }
#pragma warning disable CA1031 // It concerns this address alone, and its client is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotSent(address, exception);
            return (address, exception);
        }
    }

    private void LogNotSent(Uri address, Exception exception) =>
        listeners.Notify((logger, address, exception), static reply => reply.logger.ReplyNotSent(reply.address, reply.exception));
}
