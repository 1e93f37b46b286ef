using Locks.BatchTransport;
using Locks.Contracts;
using MassTransit;

namespace Locks.Client.Requests;

/// <summary>
/// The ways to the coordinator: one to its common queue, and one to each of those that keys are spread over, once a reply has told how many
/// there are. What was not answered in time takes the common one, which every coordinator reads.
/// </summary>
internal sealed class PartitionedSender(IBus bus, ReplyEndpoint replies, BatchChannel channel, TimeProvider time, LockClientOptions options)
{
    private readonly Lock _gate = new();
    private readonly CommandBatcher _common = BatcherTo(options.QueueName, bus, replies, channel, time, options);
    private Spread _spread = new([], Partitions: 0);

    /// <summary>Why the last message could not be sent; nothing if it could.</summary>
    public Exception? LastSendError => _common.LastSendError ?? Array.Find(_spread.Batchers, batcher => batcher.LastSendError is not null)?.LastSendError;

    public void Post(OutgoingCommand command, bool isRepeat) => (isRepeat ? _common : BatcherFor(command.LockId)).Post(command);

    /// <summary>A lock has come from one hand to the next within this client, which gives it back when the last is done.</summary>
    public void HandoffStarted(Guid lockId, bool othersWait) => BatcherFor(lockId).HandoffStarted(lockId, othersWait);

    /// <summary>A lock that went from hand to hand is given back: that was answered.</summary>
    public void HandoffCompleted(Guid lockId) => BatcherFor(lockId).HandoffCompleted(lockId);

    /// <summary>A lock that went from hand to hand is lost: there will be no release.</summary>
    public void HandoffAborted(Guid lockId) => BatcherFor(lockId).HandoffAborted(lockId);

    /// <summary>Learns what a reply tells about batches and queues.</summary>
    public void Observe(LockReplies reply)
    {
        if (reply.Partitions is { } queues && queues != _spread.Partitions)
            SpreadOver(queues);

        foreach (var batchId in reply.Settled ?? [])
        {
            _common.OnBatchDecided(batchId);
            foreach (var batcher in _spread.Batchers)
                batcher.OnBatchDecided(batchId);
        }
    }

    private CommandBatcher BatcherFor(Guid lockId) =>
        _spread is { Partitions: > 0 and var queues } spread ? spread.Batchers[LockPartitions.IndexOf(lockId, queues)] : _common;

    private void SpreadOver(int queues)
    {
        lock (_gate)
        {
            var sender = _spread.Batchers;
            if (queues > sender.Length)
                sender = [.. sender, .. Enumerable.Range(sender.Length, queues - sender.Length).Select(BatcherToPartition)];
            _spread = new Spread(sender, queues);
        }
    }

    private CommandBatcher BatcherToPartition(int index) => BatcherTo(LockPartitions.NameOf(options.QueueName, index), bus, replies, channel, time, options);

    private static CommandBatcher BatcherTo(
        string queue, IBus bus, ReplyEndpoint replies, BatchChannel channel, TimeProvider time, LockClientOptions options)
    {
        var address = new Uri($"exchange:{queue}");
        // By then what was in a batch that nobody answers has been posted again, the other way.
        return new CommandBatcher(SendAsync, time, options.ResendAfter * 1.5);

        async Task SendAsync(LockCommands batch, Deadline until)
        {
            using var patience = new CancellationTokenSource(Longer(until.Left, TimeSpan.FromMilliseconds(1)), time);
            try
            {
                var addresses = await replies.GetAddressesAsync(patience.Token).ConfigureAwait(false);
                batch = batch with { ReplyTo = addresses.Batches.OriginalString };
                if (await channel.TrySendToEndpointAsync(queue, batch, BatchSerializer.Commands, until.Left, patience.Token).ConfigureAwait(false))
                    return;

                var endpoint = await bus.GetSendEndpoint(address).WaitAsync(patience.Token).ConfigureAwait(false);
                await endpoint.Send(
                    batch,
                    send =>
                    {
                        send.Serializer = BatchSerializer.Commands;
                        send.Durable = false;
                        send.TimeToLive = until.Left;
                        // The reply is all the confirmation that is needed.
                        send.TrySetAwaitAck(false);
                    },
                    patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                throw new TimeoutException("The broker could not be reached in time.");
            }
        }
    }

    private static TimeSpan Longer(TimeSpan x, TimeSpan y) => x > y ? x : y;

    /// <param name="Batchers">Also those to queues that are read no longer: what waits with one is not lost with its queue.</param>
    /// <param name="Partitions">How many queues are read.</param>
    private sealed record Spread(CommandBatcher[] Batchers, int Partitions);
}
