using Locks.Coordinator.Domain;

namespace Locks.Simulation.Model;

/// <summary>
/// What is stored, in the order in which it is: a grant ends only when its holder released it, its lease is over, or it was revoked (G1), and
/// after the cooldown that its holder asked for; fencing tokens rise (G3), no waiter is passed by one that came later (G4), and an attempt that ended stays so (G6, G7).
/// </summary>
internal sealed class CommitModel(Checker checker)
{
    /// <summary>How wrong a coordinator's time may be (docs/guarantees.md, "Clocks that do not run").</summary>
    public static readonly TimeSpan ClockError = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, long> _lastFences = [];
    private readonly Dictionary<(string Key, long Fence), string> _stored = [];
    private readonly Dictionary<Guid, long> _fenceByAttempt = [];
    private readonly Dictionary<Guid, DateTimeOffset> _deadlines = [];
    private readonly HashSet<(string Key, long Fence)> _over = [];
    private readonly HashSet<string> _released = [];
    private readonly HashSet<(string Key, long Fence)> _revokeSent = [];
    private readonly HashSet<(string Key, long Fence)> _revoked = [];
    private readonly HashSet<Guid> _cancelSent = [];
    private readonly HashSet<Guid> _cancelDecided = [];

    /// <summary>A client releases what it holds by this token.</summary>
    public void Releases(string token) => _released.Add(token);

    /// <summary>A client revokes a grant.</summary>
    public void RevokeSent(string key, long fence) => _revokeSent.Add((key, fence));

    /// <summary>Whether a grant was revoked before its end.</summary>
    public bool IsRevoked(string key, long fence) => _revoked.Contains((key, fence));

    /// <summary>A client cancels an attempt.</summary>
    public void CancelSent(Guid acquireId) => _cancelSent.Add(acquireId);

    /// <summary>Whether a client has cancelled an attempt.</summary>
    public bool IsCancelSent(Guid acquireId) => _cancelSent.Contains(acquireId);

    /// <summary>A client was told that its cancellation is decided.</summary>
    public void CancelDecided(Guid acquireId) => _cancelDecided.Add(acquireId);

    /// <summary>Whether a grant was stored.</summary>
    public bool IsStored(string key, long fence, string token) => _stored.GetValueOrDefault((key, fence)) == token;

    /// <summary>A lock is stored.</summary>
    /// <param name="before">As it was stored before; absent for a new row.</param>
    /// <param name="after">As it is stored now.</param>
    /// <param name="now">The store's time.</param>
    public void Stored(LockState? before, LockState after, DateTimeOffset now)
    {
        var (former, holder) = (before?.Holder, after.Holder);
        var isSame = former is not null && former.AcquireId == holder?.AcquireId && former.Token == holder.Token;
        if (former is not null && !isSame)
            Ended(after.Key, former, now);
        foreach (var waiter in after.Waiters.InOrder)
        {
            _deadlines.TryAdd(waiter.AcquireId, waiter.Deadline);
            if (waiter.Lease is { } lease && before?.Waiters.Find(waiter.AcquireId) is null)
                checker.Leases.Attached(after.Key, lease.Id);
        }

        if (holder is null)
            return;

        if (!isSame)
        {
            Granted(before, after, holder, now);
            return;
        }

        if (holder.FencingToken != former!.FencingToken)
            checker.Report("G3", $"a grant of '{after.Key}' changed its token from {former.FencingToken} to {holder.FencingToken}");

        // A lock on a shared lease has no time of its own once it is confirmed.
        var hasOwnTime = former.Lease is null || former.Stage == LockStage.Offered;
        if (hasOwnTime && holder.ExpiresAt > former.ExpiresAt && now > former.ExpiresAt + ClockError)
            checker.Report("G1", $"the grant {holder.FencingToken} of '{after.Key}' was extended {Ms(now - former.ExpiresAt)} too late");
    }

    private void Ended(string key, Holder former, DateTimeOffset now)
    {
        _over.Add((key, former.FencingToken));
        if (IsOver(former, now))
            return;

        long[] fences = [former.FencingToken, .. (former.Cohort?.Items ?? []).Select(member => member.FencingToken)];
        if (Array.Exists(fences, fence => _revokeSent.Contains((key, fence))))
        {
            Revoked(key, fences, lease: null);
        }
        else if (former.Lease is { } lease && checker.Leases.IsRevoked(lease.Id))
        {
            Revoked(key, fences, lease.Id);
        }
        else if (former.Stage == LockStage.Cooling)
        {
            checker.Report("cooldown", $"'{key}' was free {Ms(former.ExpiresAt - now)} before the time that its holder had asked for");
        }
        else if (!_released.Contains(former.Token.Value) && !_cancelSent.Contains(former.AcquireId))
        {
            checker.Report("G1", $"the grant {former.FencingToken} of '{key}' was ended {Ms(former.ExpiresAt - now)} before its end");
        }
    }

    /// <summary>Whether the time of a grant is over; that of a confirmed one on a shared lease ends with the lease.</summary>
    private bool IsOver(Holder former, DateTimeOffset now) => former switch
    {
        { Lease: { } lease } when checker.Leases.HasEnded(lease.Id) => !checker.Leases.IsRevoked(lease.Id),
        { Lease: not null, Stage: not LockStage.Offered } => false,
        _ => former.ExpiresAt <= now + ClockError,
    };

    private void Revoked(string key, long[] fences, Guid? lease)
    {
        foreach (var fence in fences)
            _revoked.Add((key, fence));
        checker.Holds.Revoked(key, fences, lease);
    }

    private void Granted(LockState? before, LockState after, Holder holder, DateTimeOffset now)
    {
        if (_deadlines.TryGetValue(holder.AcquireId, out var deadline) && now > deadline + ClockError)
            checker.Report("G7", $"'{after.Key}' was granted to a waiter {Ms(now - deadline)} after the end of its wait");
        if (holder.Lease is { } lease)
            checker.Leases.Attached(after.Key, lease.Id);
        Note(after.Key, holder.AcquireId, holder.FencingToken, holder.Token.Value);
        foreach (var member in holder.Cohort?.Items ?? [])
            Note(after.Key, member.AcquireId, member.FencingToken, holder.Token.Value);

        if (before is null)
            return;
        var ticket = before.Waiters.Find(holder.AcquireId)?.Ticket ?? long.MaxValue;
        foreach (var waiter in before.Waiters.InOrder)
        {
            if (waiter.Ticket < ticket && after.Waiters.Find(waiter.AcquireId) is not null)
            {
                checker.Report("G4", $"'{after.Key}' was granted past a waiter that had come before");
                return;
            }
        }
    }

    private void Note(string key, Guid acquireId, long fence, string token)
    {
        if (fence <= _lastFences.GetValueOrDefault(key))
            checker.Report("G3", $"'{key}' was granted with the token {fence} after {_lastFences[key]}");
        if (_over.Contains((key, fence)))
            checker.Report("G6", $"the grant {fence} of '{key}' came back after its end");
        if (_fenceByAttempt.TryGetValue(acquireId, out var earlier) && earlier != fence)
            checker.Report("G6", $"one attempt was granted '{key}' twice, with the tokens {earlier} and {fence}");
        if (_cancelDecided.Contains(acquireId))
            checker.Report("G7", $"'{key}' was granted to an attempt whose cancellation was answered");
        _lastFences[key] = Math.Max(fence, _lastFences.GetValueOrDefault(key));
        _fenceByAttempt[acquireId] = fence;
        _stored[(key, fence)] = token;
    }

    private static string Ms(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
