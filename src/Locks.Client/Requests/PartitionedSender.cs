using Locks.Contracts;
using Locks.Transport;
using Locks.Transport.Isolation;

namespace Locks.Client.Requests;

/// <summary>
/// Sends commands to the coordinator's queues: through one batcher to the common queue, and through one to each partition's queue, once a
/// reply has said how many partitions there are. A command that was not answered in time is sent again through the common queue, which
/// every coordinator reads.
/// </summary>
internal sealed class PartitionedSender(
    IsolatedSender sender, LockTransport transport, ReplyEndpoint replies, TimeProvider time, LockClientOptions options)
{
    private readonly Lock _gate = new();
    private readonly CommandBatcher _common = BatcherTo(options.QueueName, sender, transport, replies, time, options);
    private Partitions _partitions = new([], Count: 0);

    /// <summary>Why the last batch could not be sent, or <see langword="null"/> if it could.</summary>
    public Exception? LastSendError => _common.LastSendError ?? Array.Find(_partitions.Batchers, batcher => batcher.LastSendError is not null)?.LastSendError;

    /// <summary>Sends a command with the next batch to its partition, or to the common queue if it is a repeat.</summary>
    public void Post(OutgoingCommand command, bool isRepeat) => (isRepeat ? _common : BatcherFor(command.LockId)).Post(command);

    /// <summary>What is posted until this is disposed of travels together, as far as it goes to the same queue.</summary>
    public IDisposable Gather()
    {
        var gathering = new Gathering([_common, .. _partitions.Batchers]);
        foreach (var batcher in gathering.Batchers)
            batcher.BeginGathering();
        return gathering;
    }

    /// <summary>The lock was handed off within this client, which releases it when the last holder is done.</summary>
    public void HandoffStarted(Guid lockId, bool othersWait) => BatcherFor(lockId).HandoffStarted(lockId, othersWait);

    /// <summary>The release of a lock that was handed off has been answered.</summary>
    public void HandoffCompleted(Guid lockId) => BatcherFor(lockId).HandoffCompleted(lockId);

    /// <summary>A lock that was handed off is lost: no release follows.</summary>
    public void HandoffAborted(Guid lockId) => BatcherFor(lockId).HandoffAborted(lockId);

    /// <summary>Takes what a reply says about batches and partitions.</summary>
    public void Observe(LockReplies reply)
    {
        if (reply.Partitions is { } count && count != _partitions.Count)
            Repartition(count);

        foreach (var batchId in reply.Completed ?? [])
        {
            _common.OnBatchDecided(batchId);
            foreach (var batcher in _partitions.Batchers)
                batcher.OnBatchDecided(batchId);
        }
    }

    private CommandBatcher BatcherFor(Guid lockId) =>
        _partitions is { Count: > 0 and var count } partitions ? partitions.Batchers[LockPartitions.IndexOf(lockId, count)] : _common;

    private void Repartition(int count)
    {
        lock (_gate)
        {
            var batchers = _partitions.Batchers;
            if (count > batchers.Length)
                batchers = [.. batchers, .. Enumerable.Range(batchers.Length, count - batchers.Length).Select(BatcherToPartition)];
            _partitions = new Partitions(batchers, count);
        }
    }

    private CommandBatcher BatcherToPartition(int index) =>
        BatcherTo(LockPartitions.NameOf(options.QueueName, index), sender, transport, replies, time, options);

    private static CommandBatcher BatcherTo(
        string queue, IsolatedSender sender, LockTransport transport, ReplyEndpoint replies, TimeProvider time, LockClientOptions options)
    {
        // By then the commands of a batch that was not answered have been posted again, to the common queue.
        return new CommandBatcher(SendAsync, time, options.ResendAfter * 1.5);

        async Task SendAsync(LockCommands batch, Deadline until)
        {
            using var timeout = new CancellationTokenSource(Longer(until.Left, TimeSpan.FromMilliseconds(1)), time);
            try
            {
                var addresses = await replies.GetAddressesAsync(timeout.Token).ConfigureAwait(false);
                batch = batch with { ReplyTo = addresses.Batches.OriginalString };
                await BoundedSend.RunAsync(
                    cancel => transport.SendCommandsAsync(sender, queue, batch, until.Left, cancel), timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested)
            {
                throw new TimeoutException("The broker could not be reached in time.");
            }
        }
    }

    private static TimeSpan Longer(TimeSpan x, TimeSpan y) => x > y ? x : y;

    /// <param name="Batchers">Also those to queues that are read no longer: commands that wait in one are not lost with its queue.</param>
    /// <param name="Count">How many partitions are read.</param>
    private sealed record Partitions(CommandBatcher[] Batchers, int Count);

    private sealed record Gathering(IReadOnlyList<CommandBatcher> Batchers) : IDisposable
    {
        public void Dispose()
        {
            foreach (var batcher in Batchers)
                batcher.EndGathering();
        }
    }
}
