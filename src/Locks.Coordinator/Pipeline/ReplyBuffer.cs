using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// The replies of a commit group, until they are sent: one message for each client that takes many replies in one, and one for each reply to
/// the others.
/// </summary>
internal sealed class ReplyBuffer
{
    private readonly Dictionary<Uri, List<LockReply>> _batched = [];
    private readonly List<SingleReply> _single = [];
    private readonly List<(Uri Client, Guid BatchId)> _completedBatches = [];
    private (Uri Address, List<LockReply> Replies)? _last;

    /// <summary>The replies to clients that take many in one message.</summary>
    public IReadOnlyDictionary<Uri, List<LockReply>> Batched => _batched;

    /// <summary>The replies to all others.</summary>
    public IReadOnlyList<SingleReply> Single => _single;

    /// <summary>The batches of which every command is done.</summary>
    public IReadOnlyList<(Uri Client, Guid BatchId)> CompletedBatches => _completedBatches;

    /// <param name="to">Where the reply goes.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="origin">The message in whose course the reply is sent. Absent when there is none.</param>
    public void Add(ReplyTo to, object reply, ConsumeContext? origin)
    {
        if (BatchedReplyAddress.Is(to.Address))
            For(to.Address).Add(ReplyCatalogue.Wrap(reply, to.RequestId));
        else
            _single.Add(new SingleReply(to, reply, origin));
    }

    /// <summary>Tells the client that every command of its batch is done.</summary>
    public void AddCompletedBatch(Uri client, Guid batchId)
    {
        _completedBatches.Add((client, batchId));
        For(client);
    }

    private List<LockReply> For(Uri address)
    {
        // The commands of a batch share the object, and to compare addresses costs more than the rest of this.
        if (_last is { } last && ReferenceEquals(last.Address, address))
            return last.Replies;

        if (!_batched.TryGetValue(address, out var replies))
            _batched.Add(address, replies = []);
        _last = (address, replies);
        return replies;
    }

    /// <summary>A reply that travels alone.</summary>
    internal readonly record struct SingleReply(ReplyTo To, object Reply, ConsumeContext? Origin);
}
