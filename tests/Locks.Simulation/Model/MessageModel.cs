using Locks.Contracts;
using Locks.Contracts.Catalogue;

namespace Locks.Simulation.Model;

/// <summary>
/// What travels: no grant is told of before it is stored (G2), and a reply reaches only the client that asked. Also notes what clients
/// release and cancel, and what coordinators have said about that.
/// </summary>
internal sealed class MessageModel(Checker checker)
{
    private readonly Dictionary<Guid, string> _clientByRequest = [];
    private readonly Dictionary<Guid, List<(string Key, Guid AcquireId)>> _cancelsByBatch = [];

    /// <summary>The attempt of each lock that was told last that it waits, as an operator sees it.</summary>
    public Dictionary<string, Guid> LastQueued { get; } = [];

    /// <summary>A client or a coordinator sends a message that travels alone.</summary>
    public void Sent(string sender, object message)
    {
        if (message is RevokeLease revoke)
            checker.Leases.RevokeSent(sender, revoke.LeaseId);
        if (message is LeaseGranted granted)
            checker.Leases.Told(sender, granted.LeaseId);
    }

    /// <summary>A client sends commands.</summary>
    public void Sent(string client, LockCommands batch)
    {
        foreach (var command in batch.Commands)
        {
            if (CommandCatalogue.TypeOf(command).RequestIdOf(command) is { } id)
                _clientByRequest.TryAdd(id, client);
            if (command.Acquire is { } acquire)
                _clientByRequest.TryAdd(acquire.AcquireId, client);
            if (command.Release is { } release)
                checker.Commits.Releases(release.OwnerToken);
            if (command.Revoke is { FencingToken: { } fence } revoke)
                checker.Commits.RevokeSent(revoke.Key, fence);
            if (command.Cancel is { } cancel)
            {
                checker.Commits.CancelSent(cancel.AcquireId);
                if (!_cancelsByBatch.TryGetValue(batch.BatchId, out var cancels))
                    _cancelsByBatch.Add(batch.BatchId, cancels = []);
                cancels.Add((cancel.Key, cancel.AcquireId));
            }
        }
    }

    /// <summary>A coordinator sends replies.</summary>
    public void Sent(string coordinator, string client, LockReplies batch)
    {
        foreach (var reply in batch.Replies)
        {
            if (ReplyCatalogue.TypeOf(reply).RequestIdOf(reply) is { } id
                && _clientByRequest.GetValueOrDefault(id) is { } asker && asker != client)
                checker.Report("replies", $"{coordinator} sent {client} a reply to a request of {asker}");
            if (reply.Queued is { } queued)
                LastQueued[queued.Key] = queued.AcquireId;
            if (reply.Acquired is not { } grant)
                continue;

            Require(coordinator, grant, grant.AcquireId, grant.FencingToken);
            foreach (var member in grant.Cohort ?? [])
                Require(coordinator, grant, member.AcquireId, member.FencingToken);
        }

        foreach (var batchId in batch.Completed ?? [])
        {
            foreach (var (_, acquireId) in _cancelsByBatch.GetValueOrDefault(batchId) ?? [])
                checker.Commits.CancelDecided(acquireId);
        }
    }

    /// <summary>
    /// A grant that its own client has cancelled may be decided, ended and told of in one commit, and is never stored then.
    /// </summary>
    private void Require(string coordinator, LockAcquired grant, Guid acquireId, long fence)
    {
        if (!checker.Commits.IsStored(grant.Key, fence, grant.OwnerToken) && !checker.Commits.IsCancelSent(acquireId))
            checker.Report("G2", $"{coordinator} told of a grant of '{grant.Key}' with the token {fence}, which is not stored");
    }
}
