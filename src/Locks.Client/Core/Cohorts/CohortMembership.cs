using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Cohorts;

/// <summary>
/// One attempt's membership of a cohort. Its request is completed with it when the member holds the lock, or when the cohort's lease is
/// lost: the member then finds that there is no lease (<see cref="EnsureLeaseAsync"/>).
/// </summary>
internal sealed class CohortMembership(CohortGrant cohort, LockAcquired grant)
{
    /// <summary>The grant as the member would have got it alone.</summary>
    public LockAcquired Grant { get; } = grant;

    /// <summary>The request with which the member waits, or waited; absent when the member is done or never joined.</summary>
    public PendingRequest? Request { get; set; }

    /// <summary>Makes sure that enough of the lease is left for the member to start with; renews it if not.</summary>
    /// <param name="lease">The lease that the member, and so every member, asked for.</param>
    /// <param name="timing">How the member counts it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lease; <see langword="null"/> when it is lost.</returns>
    /// <exception cref="LockUnavailableException">The coordinator did not answer the renewal.</exception>
    public Task<Deadline?> EnsureLeaseAsync(TimeSpan lease, LeaseTiming timing, CancellationToken cancellationToken) =>
        cohort.EnsureLeaseAsync(lease, timing, cancellationToken);

    /// <summary>
    /// Calls the member that holds the lock when the cohort's lease is renewed or lost; at once with what it is now, because the renewal of the
    /// member before may have been answered since this member looked.
    /// </summary>
    public void Subscribe(Action<Deadline> onRenewed, Action<LockLoss> onLost) => cohort.Subscribe(this, onRenewed, onLost);

    /// <summary>The member has renewed the lease, for all members.</summary>
    public void Extend(Deadline lease) => cohort.Extend(lease);

    /// <summary>The member has found the lease lost, for all members.</summary>
    public void Lose(LockLoss loss) => cohort.Lose(loss);

    /// <summary>The member's own time is over. If the cohort's lease is not, the next member gets the lock.</summary>
    public void Expire(LockLoss loss, LeaseTiming timing) => cohort.Expire(this, loss, timing);

    /// <summary>The member is done with the lock, and hands it to the next one.</summary>
    /// <returns>
    /// Whether the member held the lock until now and the next one holds it; <see langword="null"/> when no member is left, and the caller
    /// is to release the lock.
    /// </returns>
    public bool? HandOff() => cohort.HandOff(this);

    /// <summary>The release by the last member was answered.</summary>
    public void HandoffCompleted() => cohort.HandoffCompleted();

    /// <summary>The member will not use the lock: the next one gets it.</summary>
    public void Withdraw() => cohort.Withdraw(this);
}
