using Locks.Client.Core.Holding;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Runs;

/// <summary>
/// A lock that was granted to several attempts of this client at once. They hold it one after the other, in the order of the line; it goes from
/// each to the next without a message, on one lease, and whoever is the last gives it back. A member that is not wanted any more is passed
/// over. When the lease is lost, those who have not begun attempt anew.
/// </summary>
internal sealed class Run
{
    private readonly Lock _gate = new();
    private readonly RunMessages _messages;
    private readonly Action<Run> _forget;
    private readonly Guid _lockId;
    private readonly Seat[] _seats;
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
    public Run(LockAcquired announced, RunMessages messages, Action<Run> forget)
    {
        Announced = announced;
        _messages = messages;
        _forget = forget;
        _lockId = LockKey.ToId(announced.Key);
        var head = announced with { Followers = null };
        _seats =
        [
            new Seat(this, head),
            .. (announced.Followers ?? []).Select(follower =>
                new Seat(this, head with { AcquireId = follower.AcquireId, FencingToken = follower.FencingToken })),
        ];
    }

    public LockAcquired Announced { get; }

    /// <summary>
    /// Seats those who still wait, and gives the first of them its turn. The lease counts from when the last of them asked: all stood in line
    /// when it began.
    /// </summary>
    public void Begin(Func<Guid?, PendingRequest?> find)
    {
        Seat[] called;
        lock (_gate)
        {
            foreach (var seat in _seats)
            {
                seat.Request = find(seat.Grant.AcquireId) is { } request && request.TrySeat(seat) ? request : null;
                if (seat.Request?.Asked is { } asked)
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

    public void Follow(Seat seat, Action<Deadline> onRenewed, Action<LockLoss> onLost)
    {
        LockLoss? loss;
        lock (_gate)
        {
            if (!_isOver && HasTurn(seat))
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
        Seat[] called;
        lock (_gate)
        {
            if (_isOver)
                return;
            (_isOver, _loss) = (true, loss);
            tell = _onLost;
            called = [.. Waiting];
        }

        _forget(this);
        _messages.TurnsAreOver(_lockId);
        tell?.Invoke(loss);
        Call(called);
    }

    public void RunOut(Seat seat, LockLoss loss, LeaseTiming timing)
    {
        bool isLost;
        lock (_gate)
            isLost = _lease is not { } lease || timing.LessMargin(lease).HasPassed;
        if (isLost)
            Lose(loss);
        else
            Leave(seat);
    }

    public bool? HandOn(Seat seat)
    {
        if (Free(seat) is { Length: > 0 })
            return true;
        lock (_gate)
            return _isOver ? null : false;
    }

    public void GivenBack() => _messages.GivenBack(_lockId);

    public void Leave(Seat seat)
    {
        if (Free(seat) is { Length: 0 })
            GiveBack();
    }

    /// <summary>Those who wait for their turn.</summary>
    private IEnumerable<Seat> Waiting => _seats.Where(seat => seat.Request is not null && !HasTurn(seat));

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
    private Seat[]? Free(Seat seat)
    {
        Seat[]? called = null;
        lock (_gate)
        {
            if (!_isOver && seat.Request is not null && HasTurn(seat))
            {
                (_onRenewed, _onLost) = (null, null);
                called = Next();
            }

            seat.Request = null;
        }

        Call(called ?? []);
        return called;
    }

    /// <returns>Who is next; the run is over when nobody is.</returns>
    private Seat[] Next()
    {
        while (++_turn < _seats.Length)
        {
            if (_seats[_turn].Request is null)
                continue;
            _messages.TurnBegins(_lockId, Announced.OthersWait);
            return [_seats[_turn]];
        }

        _isOver = true;
        _forget(this);
        return [];
    }

    // Out of the gate, and whoever is called goes on with a stack of its own.
    private static void Call(Seat[] seats)
    {
        foreach (var seat in seats)
            seat.Request?.Receive(seat);
    }

    private void GiveBack() => _ = _messages.GiveBackAsync(Announced);

    private bool HasTurn(Seat seat) => _turn >= 0 && _turn < _seats.Length && _seats[_turn] == seat;

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
