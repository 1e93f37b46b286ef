using Locks.Client.Core.Holding;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Cohorts;

/// <summary>
/// A lock that was granted to several attempts of this client at once. They hold it one after the other, in the order of the line; it goes from
/// each to the next without a message, on one lease, and whoever is the last gives it back. A member that is not wanted any more is passed
/// over. When the lease is lost, those who have not begun attempt anew.
/// </summary>
internal sealed class CohortGrant
{
    private readonly Lock _gate = new();
    private readonly CohortCommands _messages;
    private readonly Action<CohortGrant> _forget;
    private readonly Guid _lockId;
    private readonly CohortMembership[] _members;
    private int _turn = -1;
    private bool _isOver;
    private LockLoss? _loss;
    private Deadline? _lease;
    private Task? _renewal;
    private Action<Deadline>? _onRenewed;
    private Action<LockLoss>? _onLost;

    /// <param name="announced">What was granted.</param>
    /// <param name="messages">How it is renewed and given back.</param>
    /// <param name="forget">Called when it is over.</param>
    public CohortGrant(LockAcquired announced, CohortCommands messages, Action<CohortGrant> forget)
    {
        Announced = announced;
        _messages = messages;
        _forget = forget;
        _lockId = LockKey.ToId(announced.Key);
        var head = announced with { Cohort = null };
        _members =
        [
            new CohortMembership(this, head),
            .. (announced.Cohort ?? []).Select(member =>
                new CohortMembership(this, head with { AcquireId = member.AcquireId, FencingToken = member.FencingToken })),
        ];
    }

    public LockAcquired Announced { get; }

    /// <summary>
    /// Seats those who still wait, and gives the first of them its turn. The lease counts from when the last of them asked: all stood in line
    /// when it began.
    /// </summary>
    public void Begin(Func<Guid?, PendingRequest?> find)
    {
        CohortMembership[] called;
        lock (_gate)
        {
            foreach (var membership in _members)
            {
                membership.Request = find(membership.Grant.AcquireId) is { } request && request.TryJoin(membership) ? request : null;
                if (membership.Request?.Asked is { } asked)
                    TryExtend_NeedsGate(asked with { Length = Announced.Lease });
            }

            called = _isOver ? [.. Waiting] : Next();
        }

        Call(called);
        if (called.Length == 0)
            GiveBack();
    }

    public async Task<Deadline?> ReadyAsync(TimeSpan lease, LeaseTiming timing, CancellationToken cancellationToken)
    {
        if (NeedsRenewal(timing))
        {
            try
            {
                await RenewAsync(lease).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (LockUnavailableException)
            {
                // The others would wait as long for nothing, one after the other.
                Lose(new LockLoss(LockLossReason.CoordinatorUnreachable));
                GiveBack();
                throw;
            }
        }

        lock (_gate)
            return _isOver ? null : _lease;
    }

    public void Follow(CohortMembership membership, Action<Deadline> onRenewed, Action<LockLoss> onLost)
    {
        LockLoss? loss;
        lock (_gate)
        {
            if (!_isOver && HasTurn(membership))
                (_onRenewed, _onLost) = (onRenewed, onLost);
            loss = _loss;
        }

        if (loss is not null)
            onLost(loss);
    }

    public void Renewed(Deadline lease)
    {
        Action<Deadline>? tell;
        lock (_gate)
        {
            if (!TryExtend_NeedsGate(lease))
                return;
            tell = _onRenewed;
        }

        tell?.Invoke(lease);
    }

    /// <summary>The coordinator tells of the loss by the number of the first member.</summary>
    public void OnPushed(LockLost word)
    {
        if (word.FencingToken is null || word.FencingToken == Announced.FencingToken)
            Lose(word.ToLoss());
    }

    public void Lose(LockLoss loss)
    {
        Action<LockLoss>? tell;
        CohortMembership[] called;
        lock (_gate)
        {
            if (_isOver)
                return;
            (_isOver, _loss) = (true, loss);
            tell = _onLost;
            called = [.. Waiting];
        }

        _forget(this);
        _messages.HandoffAborted(_lockId);
        tell?.Invoke(loss);
        Call(called);
    }

    public void RunOut(CohortMembership membership, LockLoss loss, LeaseTiming timing)
    {
        bool isLost;
        lock (_gate)
            isLost = _lease is not { } lease || timing.IsOver(lease);
        if (isLost)
            Lose(loss);
        else
            Leave(membership);
    }

    public bool? HandOn(CohortMembership membership)
    {
        if (Free(membership) is { Length: > 0 })
            return true;
        lock (_gate)
            return _isOver ? null : false;
    }

    public void HandoffCompleted() => _messages.HandoffCompleted(_lockId);

    public void Leave(CohortMembership membership)
    {
        if (Free(membership) is { Length: 0 })
            GiveBack();
    }

    /// <summary>Those who wait for their turn.</summary>
    private IEnumerable<CohortMembership> Waiting => _members.Where(membership => membership.Request is not null && !HasTurn(membership));

    private bool TryExtend_NeedsGate(Deadline lease)
    {
        if (lease.Left <= (_lease?.Left ?? TimeSpan.Zero))
            return false;
        _lease = lease;
        return true;
    }

    private bool NeedsRenewal(LeaseTiming timing)
    {
        lock (_gate)
            return !_isOver && !(_lease is { } lease && timing.WillDo(lease));
    }

    /// <returns>Who is next, if anybody is; <see langword="null"/> when it was not this one's turn.</returns>
    private CohortMembership[]? Free(CohortMembership membership)
    {
        CohortMembership[]? called = null;
        lock (_gate)
        {
            if (!_isOver && membership.Request is not null && HasTurn(membership))
            {
                (_onRenewed, _onLost) = (null, null);
                called = Next();
            }

            membership.Request = null;
        }

        Call(called ?? []);
        return called;
    }

    /// <returns>Who is next; the cohort is over when nobody is.</returns>
    private CohortMembership[] Next()
    {
        while (++_turn < _members.Length)
        {
            if (_members[_turn].Request is null)
                continue;
            _messages.HandoffStarted(_lockId, Announced.OthersWait);
            return [_members[_turn]];
        }

        _isOver = true;
        _forget(this);
        return [];
    }

    // Out of the gate, and whoever is called goes on with a stack of its own.
    private static void Call(CohortMembership[] members)
    {
        foreach (var membership in members)
            membership.Request?.Receive(membership);
    }

    private void GiveBack() => _ = _messages.GiveBackAsync(Announced);

    private bool HasTurn(CohortMembership membership) => _turn >= 0 && _turn < _members.Length && _members[_turn] == membership;

    /// <summary>One renewal at a time is enough for everybody.</summary>
    private Task RenewAsync(TimeSpan lease)
    {
        lock (_gate)
            return _renewal is { IsCompleted: false } running ? running : _renewal = Task.Run(() => RenewOnceAsync(lease));
    }

    private async Task RenewOnceAsync(TimeSpan lease)
    {
        var (renewed, lost) = await _messages.RenewAsync(Announced, lease).ConfigureAwait(false);
        if (renewed is { } deadline)
            Renewed(deadline);
        else
            Lose(lost!.ToLoss());
    }
}
