using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga.Batches;

namespace Locks.Coordinator.Pipeline;

/// <summary>What is to be told once a group is stored, by whom it is told to: one message for each client that understands several answers in one.</summary>
internal sealed class ReplyBuffer
{
    private readonly Dictionary<Uri, List<LockReply>> _coalesced = [];
    private readonly List<(ReplyTo Asker, object Reply)> _single = [];
    private readonly List<BatchExecution> _settled = [];
    private readonly List<BatchExecution> _returned = [];

    /// <summary>For clients that take many answers in one message.</summary>
    public IReadOnlyDictionary<Uri, List<LockReply>> Coalesced => _coalesced;

    /// <summary>For everybody else.</summary>
    public IReadOnlyList<(ReplyTo Asker, object Reply)> Single => _single;

    /// <summary>The batches that are done with.</summary>
    public IReadOnlyList<BatchExecution> Settled => _settled;

    /// <summary>The batches of the commands that have come back, done with or not; once for each command.</summary>
    public IReadOnlyList<BatchExecution> Returned => _returned;

    public void Add(ReplyTo asker, object reply)
    {
        if (BatchedReplyAddress.Is(asker.Address))
            For(asker.Address).Add(ReplyCatalogue.Wrap(reply, asker.RequestId));
        else
            _single.Add((asker, reply));
    }

    public void Settle(BatchExecution batch)
    {
        _settled.Add(batch);
        For(batch.ReplyTo!);
    }

    public void CompleteAfterwards(BatchExecution batch) => _returned.Add(batch);

    private List<LockReply> For(Uri address)
    {
        if (!_coalesced.TryGetValue(address, out var replies))
            _coalesced.Add(address, replies = []);
        return replies;
    }
}
