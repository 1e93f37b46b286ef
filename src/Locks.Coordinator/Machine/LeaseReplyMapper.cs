using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Hosting;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Machine;

/// <summary>Maps what happened to a shared lease to replies, and to the message that has its locks released.</summary>
internal sealed class LeaseReplyMapper(ILeaseLocks locks, IOptions<LockCoordinatorOptions> options)
{
    /// <summary>The message that an outcome calls for. Absent when the request named no address.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="outcome">What happened to it.</param>
    /// <param name="origin">The message that it happened by.</param>
    /// <exception cref="LockInvariantException">The outcome is not known here: a defect.</exception>
    public async ValueTask<(ReplyTo To, object Reply)?> ReplyForAsync(Guid id, LeaseOutcome outcome, ConsumeContext origin) =>
        outcome switch
        {
            LeaseOutcome.Granted granted => (granted.ReplyTo, new LeaseGranted(id, granted.Ttl)),
            LeaseOutcome.Renewed { ReplyTo: { } to } renewed => (to, new LeaseRenewed(id, renewed.Ttl)),
            LeaseOutcome.Revoked { ReplyTo: { } to } => (to, new LeaseRevoked(id)),
            LeaseOutcome.NotFound { ReplyTo: { } to } => (to, new LeaseNotFound(id)),
            LeaseOutcome.EndNotified ended => (ended.ReplyTo, new LeaseEnded(id, ended.End.Reason, ended.End.By)),
            LeaseOutcome.Described { ReplyTo: { } to } described => (to, new LeaseDescribed(
                id, described.Grant.Ttl, described.Remaining, described.Grant.Owner,
                await locks.CountAsync(id, origin.CancellationToken).ConfigureAwait(false))),
            LeaseOutcome.LocksToRelease => (new ReplyTo(OwnAddress(origin), RequestId: null), new LeaseDue(id)),
            LeaseOutcome.Renewed or LeaseOutcome.Revoked or LeaseOutcome.NotFound or LeaseOutcome.Described => null,
            _ => throw new LockInvariantException($"there is no reply for {outcome.GetType().Name}"),
        };

    /// <summary>The coordinator's own address: for a message in the product's own format, unless the origin is the application's.</summary>
    private Uri OwnAddress(ConsumeContext origin) =>
        IsolatedPipe.Serves(origin) ? IsolatedAddress.Mark(options.Value.Address) : options.Value.Address;
}
