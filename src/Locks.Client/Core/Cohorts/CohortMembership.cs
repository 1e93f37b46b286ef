using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Cohorts;

/// <summary>
/// A member's place in a cohort. Its request is answered with it when the lock is the member's, or when the cohort is lost: the member then finds
/// that it never gets <see cref="ReadyAsync">ready</see>.
/// </summary>
internal sealed class CohortMembership(CohortGrant cohort, LockAcquired grant)
{
    /// <summary>The grant as if the member had it alone.</summary>
    public LockAcquired Grant { get; } = grant;

    /// <summary>Where the member waits for its turn, or waited for it; absent when it is done, or never wanted to begin.</summary>
    public PendingRequest? Request { get; set; }

    /// <summary>Makes sure that there is lease enough for the member to begin with.</summary>
    /// <param name="lease">The lease that the member, and so every member, asked for.</param>
    /// <param name="timing">How the member counts it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lease; <see langword="null"/> when it is lost.</returns>
    /// <exception cref="LockUnavailableException">The coordinator did not answer.</exception>
    public Task<Deadline?> ReadyAsync(TimeSpan lease, LeaseTiming timing, CancellationToken cancellationToken) =>
        cohort.ReadyAsync(lease, timing, cancellationToken);

    /// <summary>Tells the member that holds the lock when the cohort's lease is renewed or lost; at once if that has happened already.</summary>
    public void Follow(Action<Deadline> onRenewed, Action<LockLoss> onLost) => cohort.Follow(this, onRenewed, onLost);

    /// <summary>The member has renewed the lease, for all of them.</summary>
    public void Renewed(Deadline lease) => cohort.Renewed(lease);

    /// <summary>The member has found the lease lost, for all of them.</summary>
    public void Lose(LockLoss loss) => cohort.Lose(loss);

    /// <summary>The member's time has run out. If the lease has not, the next one has the lock.</summary>
    public void RunOut(LockLoss loss, LeaseTiming timing) => cohort.RunOut(this, loss, timing);

    /// <summary>The member is done with the lock.</summary>
    /// <returns>
    /// Whether the lock was the member's until now, and is the next one's; <see langword="null"/> when there is none, and the lock is to be
    /// given back.
    /// </returns>
    public bool? HandOn() => cohort.HandOn(this);

    /// <summary>The lock is given back, by the last member.</summary>
    public void HandoffCompleted() => cohort.HandoffCompleted();

    /// <summary>The member will not begin: the next one does in its place.</summary>
    public void Leave() => cohort.Leave(this);
}
