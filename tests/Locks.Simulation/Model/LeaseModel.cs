using Locks.Coordinator.Domain.Leases;

namespace Locks.Simulation.Model;

/// <summary>
/// Shared leases, in the order in which they are stored: a lease ends when its time is over or when it was revoked, and for good; nothing is
/// extended after its end, and no lock is granted on a lease that has ended.
/// </summary>
internal sealed class LeaseModel(Checker checker)
{
    private readonly Dictionary<Guid, LeaseState> _stored = [];
    private readonly Dictionary<Guid, HashSet<string>> _revokersById = [];
    private readonly HashSet<Guid> _revoked = [];

    /// <summary>The lease that a caller was granted last; others use it, too.</summary>
    public Guid? LastGranted { get; set; }

    /// <summary>A client revokes a lease.</summary>
    public void RevokeSent(string client, Guid id)
    {
        if (!_revokersById.TryGetValue(id, out var revokers))
            _revokersById.Add(id, revokers = []);
        revokers.Add(client);
    }

    /// <summary>Whether the end of a lease is stored.</summary>
    public bool HasEnded(Guid id) => _stored.GetValueOrDefault(id) is { Stage: not LeaseStage.Active };

    /// <summary>Whether a lease was revoked before its time was over.</summary>
    public bool IsRevoked(Guid id) => _revoked.Contains(id);

    /// <summary>Whether a client itself has revoked a lease.</summary>
    public bool IsRevokedBy(string client, Guid id) => _revokersById.GetValueOrDefault(id)?.Contains(client) == true;

    /// <summary>A lock is stored that is granted on a lease, or whose waiter is to be.</summary>
    public void Attached(string key, Guid id)
    {
        if (_stored.GetValueOrDefault(id) is not { Stage: LeaseStage.Active })
            checker.Report("G5", $"'{key}' was granted on a lease, or queued for one, that had ended");
    }

    /// <summary>A coordinator tells a client that it has a lease.</summary>
    public void Told(string coordinator, Guid id)
    {
        if (!_stored.ContainsKey(id))
            checker.Report("G2", $"{coordinator} told of a lease that is not stored");
    }

    /// <summary>A lease is stored.</summary>
    /// <param name="after">As it is stored now.</param>
    /// <param name="locks">How many locks are stored on it.</param>
    /// <param name="now">The store's time.</param>
    public void Stored(LeaseState after, int locks, DateTimeOffset now)
    {
        var before = _stored.GetValueOrDefault(after.Id);
        _stored[after.Id] = after;
        if (before is { Stage: LeaseStage.Active, Grant: { } former })
        {
            if (after.Stage == LeaseStage.Active)
                Extended(former, after.Grant!, now);
            else
                Ended(after.Id, former, now);
        }
        else if (before is { Stage: LeaseStage.Ending or LeaseStage.Ended } && after.Stage == LeaseStage.Active)
        {
            checker.Report("G6", "a lease came back after its end");
        }

        if (after.Stage == LeaseStage.Ended && locks > 0)
            checker.Report("G5", $"a lease is done with, and {locks} locks are left on it");
    }

    private void Extended(LeaseGrant before, LeaseGrant after, DateTimeOffset now)
    {
        if (after.ExpiresAt < before.ExpiresAt)
            checker.Report("G1", $"the end of a lease moved back by {Ms(before.ExpiresAt - after.ExpiresAt)}");
        if (after.ExpiresAt > before.ExpiresAt && now > before.ExpiresAt + CommitModel.ClockError)
            checker.Report("G1", $"a lease was extended {Ms(now - before.ExpiresAt)} too late");
    }

    private void Ended(Guid id, LeaseGrant former, DateTimeOffset now)
    {
        if (former.ExpiresAt <= now + CommitModel.ClockError)
            return;
        if (_revokersById.ContainsKey(id))
            _revoked.Add(id);
        else
            checker.Report("G1", $"a lease was ended {Ms(former.ExpiresAt - now)} before its end");
    }

    private static string Ms(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
