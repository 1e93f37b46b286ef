using Locks.Client.Core.Holding;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Transport;

namespace Locks.Client.Core.Cohorts;

/// <summary>
/// A lock that was granted to several attempts of this client at once (lock cohorting). The members hold it one after the other, in the
/// order of the queue. It goes from each to the next without a message, on one lease, and the client releases it after the last. A member
/// that does not want the lock any more is passed over. When the lease is lost, the members that have not held the lock yet attempt anew.
/// </summary>
internal sealed class CohortGrant
{
    private readonly Lock _gate = new();
    private readonly CohortCommands _commands;
    private readonly Action<CohortGrant> _onEnded;
    private readonly Guid _lockId;
    private readonly CohortMembership[] _members;
    private int _holderIndex = -1;
    private bool _isEnded;
    private LockLoss? _loss;
    private Deadline? _lease;
    private Task? _renewal;
    private Action<Deadline>? _onRenewed;
    private Action<LockLoss>? _onLost;

    /// <param name="grant">What was granted, to all members.</param>
    /// <param name="commands">Sends the cohort's commands.</param>
    /// <param name="onEnded">Called once when no member is left or the lease is lost.</param>
    public CohortGrant(LockAcquired grant, CohortCommands commands, Action<CohortGrant> onEnded)
    {
        Grant = grant;
        _commands = commands;
        _onEnded = onEnded;
        _lockId = LockKey.ToId(grant.Key);
        var first = grant with { Cohort = null };
        _members =
        [
            new CohortMembership(this, first),
            .. (grant.Cohort ?? []).Select(member =>
                new CohortMembership(this, first with { AcquireId = member.AcquireId, FencingToken = member.FencingToken })),
        ];
    }

    /// <summary>What was granted, to all members.</summary>
    public LockAcquired Grant { get; }

    /// <summary>
    /// Adds the attempts that still wait as members, and gives the lock to the first of them. The lease counts from when the last of them
    /// sent its request: all were in the queue when the lease began.
    /// </summary>
    public void Start(Func<Guid?, PendingRequest?> find)
    {
        CohortMembership[] notified;
        lock (_gate)
        {
            foreach (var membership in _members)
            {
                membership.Request = find(membership.Grant.AcquireId) is { } request && request.TryJoinCohort(membership) ? request : null;
                if (membership.Request?.RequestedLease is { } requested)
                    TryExtend_NeedsGate(requested with { Length = Grant.Lease });
            }

            notified = _isEnded ? [.. WaitingMembers] : PassToNext_NeedsGate();
        }

        Notify(notified);
        if (notified.Length == 0)
            Release();
    }

    public async Task<Deadline?> EnsureLeaseAsync(TimeSpan lease, LeaseTiming timing, CancellationToken cancellationToken)
    {
        if (NeedsRenewal(timing))
        {
            try
            {
                await RenewAsync(lease).OrAbandonAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (LockUnavailableException)
            {
                // Each of the other members would wait as long for nothing, one after the other.
                Lose(new LockLoss(LockLossReason.CoordinatorUnreachable));
                Release();
                throw;
            }
        }

        lock (_gate)
            return _isEnded ? null : _lease;
    }

    public void Subscribe(CohortMembership membership, Action<Deadline> onRenewed, Action<LockLoss> onLost)
    {
        LockLoss? loss;
        Deadline? renewed = null;
        lock (_gate)
        {
            if (!_isEnded && IsHolder(membership))
            {
                (_onRenewed, _onLost) = (onRenewed, onLost);
                renewed = _lease;
            }

            loss = _loss;
        }

        if (loss is not null)
            onLost(loss);
        else if (renewed is { } lease)
            onRenewed(lease);
    }

    public void Extend(Deadline lease)
    {
        Action<Deadline>? onRenewed;
        lock (_gate)
        {
            if (!TryExtend_NeedsGate(lease))
                return;
            onRenewed = _onRenewed;
        }

        onRenewed?.Invoke(lease);
    }

    /// <summary>The coordinator reports a loss. It names the cohort by the fencing token of the first member.</summary>
    public void OnLost(LockLost lost)
    {
        if (lost.FencingToken is null || lost.FencingToken == Grant.FencingToken)
            Lose(lost.ToLoss());
    }

    public void Lose(LockLoss loss)
    {
        Action<LockLoss>? onLost;
        CohortMembership[] waiting;
        lock (_gate)
        {
            if (_isEnded)
                return;
            (_isEnded, _loss) = (true, loss);
            onLost = _onLost;
            waiting = [.. WaitingMembers];
        }

        _onEnded(this);
        _commands.HandoffAborted(_lockId);
        onLost?.Invoke(loss);
        Notify(waiting);
    }

    public void Expire(CohortMembership membership, LockLoss loss, LeaseTiming timing)
    {
        bool isLost;
        lock (_gate)
            isLost = _lease is not { } lease || timing.IsOver(lease);
        if (isLost)
            Lose(loss);
        else
            Withdraw(membership);
    }

    public bool? HandOff(CohortMembership membership)
    {
        if (EndHold(membership) is { Length: > 0 })
            return true;
        lock (_gate)
            return _isEnded ? null : false;
    }

    public void HandoffCompleted() => _commands.HandoffCompleted(_lockId);

    public void Withdraw(CohortMembership membership)
    {
        if (EndHold(membership) is { Length: 0 })
            Release();
    }

    private IEnumerable<CohortMembership> WaitingMembers =>
        _members.Where(membership => membership.Request is not null && !IsHolder(membership));

    private bool TryExtend_NeedsGate(Deadline lease)
    {
        if (_lease is { } current ? !lease.EndsAfter(current) : lease.HasPassed)
            return false;
        _lease = lease;
        return true;
    }

    private bool NeedsRenewal(LeaseTiming timing)
    {
        lock (_gate)
            return !_isEnded && !(_lease is { } lease && timing.IsEnoughToStart(lease));
    }

    /// <summary>Ends a membership, and passes the lock to the next member if this one held it.</summary>
    /// <returns>The next holder, or none when no member is left; <see langword="null"/> when this member did not hold the lock.</returns>
    private CohortMembership[]? EndHold(CohortMembership membership)
    {
        CohortMembership[]? next = null;
        lock (_gate)
        {
            if (!_isEnded && membership.Request is not null && IsHolder(membership))
            {
                (_onRenewed, _onLost) = (null, null);
                next = PassToNext_NeedsGate();
            }

            membership.Request = null;
        }

        Notify(next ?? []);
        return next;
    }

    /// <returns>The next holder; none when no member is left, and the cohort has ended.</returns>
    private CohortMembership[] PassToNext_NeedsGate()
    {
        while (++_holderIndex < _members.Length)
        {
            if (_members[_holderIndex].Request is null)
                continue;
            _commands.HandoffStarted(_lockId, Grant.OthersWait);
            return [_members[_holderIndex]];
        }

        _isEnded = true;
        _onEnded(this);
        return [];
    }

    // Never called under the gate; each member goes on with a stack of its own.
    private static void Notify(CohortMembership[] members)
    {
        foreach (var membership in members)
            membership.Request?.Complete(membership);
    }

    private void Release() => _ = _commands.ReleaseAsync(Grant);

    private bool IsHolder(CohortMembership membership) =>
        _holderIndex >= 0 && _holderIndex < _members.Length && _members[_holderIndex] == membership;

    /// <summary>Renews the lease for all members; a renewal that is running serves them all.</summary>
    private Task RenewAsync(TimeSpan lease)
    {
        lock (_gate)
            return _renewal is { IsCompleted: false } running ? running : _renewal = DetachedContext.Run(() => Task.Run(() => RenewOnceAsync(lease)));
    }

    private async Task RenewOnceAsync(TimeSpan lease)
    {
        var (renewed, lost) = await _commands.RenewAsync(Grant, lease).ConfigureAwait(false);
        if (renewed is { } deadline)
            Extend(deadline);
        else
            Lose(lost!.ToLoss());
    }
}
