using Locks.Client.Core.Holding;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Sets;

/// <summary>
/// One call for several locks: all or none. They are taken in ordinal order whatever order they are named in, so that no two callers can
/// wait for each other, and under one lease, so that none of them is left behind.
/// </summary>
internal sealed class SetAcquisition
{
    private const int MaxKeys = 1_000;

    private readonly LockClient _client;
    private readonly string[] _keys;
    private readonly TimeSpan? _wait;
    private readonly LockOptions _how;
    private readonly TimeSpan _ttl;
    private readonly string _owner;

    public SetAcquisition(LockClient client, IEnumerable<string> keys, TimeSpan? wait, LockOptions how)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _client = client;
        _keys = [.. keys.Take(MaxKeys + 1)];
        _wait = wait;
        _how = how;
        _ttl = how.Lease ?? client.Options.DefaultLease;
        _owner = how.Owner ?? client.Options.Owner;

        if (_keys.Length is 0 or > MaxKeys)
            new ValidationError("Keys", $"are {(_keys.Length == 0 ? "none" : $"more than {MaxKeys}")}; there must be 1 to {MaxKeys}").Throw(nameof(keys));
        foreach (var key in _keys)
            LockLimits.CheckKey(key)?.Throw(nameof(keys));
        LockLimits.CheckLease(_ttl)?.Throw("options");
        LockLimits.CheckOwner(_owner)?.Throw("options");
        LockLimits.CheckWait(wait)?.Throw(nameof(wait));
        if (how.HoldAtLeast is not null)
            new ValidationError("HoldAtLeast", $"is {how.HoldAtLeast:c}; it must be absent for several keys, which are released at once").Throw("options");
        how.Check(_ttl)?.Throw("options");

        _keys = [.. _keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Tries, or waits in the lines, one after the other.</summary>
    /// <returns>The locks, or the key that was busy for as long as the caller would wait.</returns>
    public async Task<(LockSet? Set, string? BusyKey)> RunAsync(CancellationToken cancellationToken)
    {
        Deadline? turn = _wait is { } wait ? Deadline.After(_client.Time, wait) : null;
        var lease = await _client.Leases.GrantAsync(_ttl, _owner, _client.TimingFor(_how), cancellationToken).ConfigureAwait(false);
        var keeping = new CancellationTokenSource();
        LockSet? set = null;
        try
        {
            lease.Shared.Keep(keeping.Token);
            var lifetime = new SharedLeaseLifetime(lease.Shared, _client.Timing, onLost: null);
            var locks = new List<LockHandle>(_keys.Length);
            var hasWaited = false;
            foreach (var key in _keys)
            {
                var taken = await AcquireAsync(key, lease.Id, wait: null, lifetime, cancellationToken).ConfigureAwait(false);
                if (taken is null && turn is { HasPassed: false })
                {
                    hasWaited = true;
                    taken = await AcquireAsync(key, lease.Id, AtLeastOneMillisecond(turn.Value.Left), lifetime, cancellationToken).ConfigureAwait(false);
                }

                if (taken is null)
                    return (null, key);
                locks.Add(taken);
            }

            if (!lease.IsAlive)
                throw TooLate(null);
            if (_how.AutoRenew)
                return (set = new LockSet(_client, lease, lifetime, keeping, _how, locks), null);

            // Whoever waited has used up time of the lease; the locks are to be held for all of it.
            await keeping.CancelAsync().ConfigureAwait(false);
            if (hasWaited && !await _client.Leases.RenewAsync(lease.Id, cancellationToken).ConfigureAwait(false))
                throw TooLate(null);
            return (set = new LockSet(_client, lease, lifetime, keeping, _how, locks), null);
        }
        catch (LockRefusedException exception) when (exception.Reason == DenyReasons.LeaseNotFound)
        {
            throw TooLate(exception);
        }
        finally
        {
            if (set is null)
            {
                // The caller need not wait until the last of what it does not get is free.
                await keeping.CancelAsync().ConfigureAwait(false);
                _ = lease.Shared.RevokeOrWarnAsync();
            }
        }
    }

    private Task<LockHandle?> AcquireAsync(string key, Guid lease, TimeSpan? wait, SharedLeaseLifetime lifetime, CancellationToken cancellationToken) =>
        _client.AcquireOnLeaseAsync(key, lease, wait, _how, lifetime.Lose, cancellationToken);

    private static LockUnavailableException TooLate(Exception? inner) =>
        new("The lease of the keys was over before all of them were locked.", inner);

    private static TimeSpan AtLeastOneMillisecond(TimeSpan time) => time > LockLimits.MinWait ? time : LockLimits.MinWait;
}
