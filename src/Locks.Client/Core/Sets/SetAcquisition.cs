using Locks.Client.Core.Holding;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Transport;

namespace Locks.Client.Core.Sets;

/// <summary>
/// One call to acquire several locks: all or none. They are acquired in ordinal order, whatever order they are named in, so that no two
/// callers can wait for each other, and on one lease, so that none of them is left behind.
/// </summary>
internal sealed class SetAcquisition
{
    private const int MaxKeys = 1_000;

    private readonly LockClient _client;
    private readonly string[] _keys;
    private readonly TimeSpan? _wait;
    private readonly LockOptions _options;
    private readonly TimeSpan _ttl;
    private readonly string _owner;

    public SetAcquisition(LockClient client, IEnumerable<string> keys, TimeSpan? wait, LockOptions options)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _client = client;
        _keys = [.. keys.Take(MaxKeys + 1)];
        _wait = wait;
        _options = options;
        _ttl = options.Lease ?? client.Options.DefaultLease;
        _owner = options.Owner ?? client.Options.Owner;

        if (_keys.Length is 0 or > MaxKeys)
        {
            var count = _keys.Length == 0 ? "none" : $"more than {MaxKeys}";
            new ValidationError("Keys", $"are {count}; there must be 1 to {MaxKeys}").Throw(nameof(keys));
        }

        foreach (var key in _keys)
            LockLimits.CheckKey(key)?.Throw(nameof(keys));
        LockLimits.CheckLease(_ttl)?.Throw("options");
        LockLimits.CheckOwner(_owner)?.Throw("options");
        LockLimits.CheckWait(wait)?.Throw(nameof(wait));
        if (options.HoldAtLeast is not null)
        {
            var problem = $"is {options.HoldAtLeast:c}; it must be absent for several keys, which are released at once";
            new ValidationError("HoldAtLeast", problem).Throw("options");
        }

        options.Check(_ttl)?.Throw("options");

        _keys = [.. _keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Tries all locks, or waits in their queues, one after the other.</summary>
    /// <returns>The locks, or the key that was busy for as long as the caller waits.</returns>
    public async Task<(LockSet? Set, string? BusyKey)> RunAsync(CancellationToken cancellationToken)
    {
        Deadline? deadline = _wait is { } wait ? Deadline.After(_client.Time, wait) : null;
        var lease = await _client.Leases.GrantAsync(_ttl, _owner, _client.TimingFor(_options), cancellationToken).ConfigureAwait(false);
        var keepAlive = new CancellationTokenSource();
        LockSet? set = null;
        try
        {
            lease.Shared.StartKeepAlive(keepAlive.Token);
            var lifetime = new SharedLeaseLifetime(lease.Shared, _client.Timing, onLost: null);
            var locks = new List<LockHandle>(_keys.Length);
            var hasWaited = false;
            foreach (var key in _keys)
            {
                var taken = await AcquireAsync(key, lease.Id, wait: null, lifetime, cancellationToken).ConfigureAwait(false);
                if (taken is null && deadline is { HasPassed: false })
                {
                    hasWaited = true;
                    taken = await AcquireAsync(key, lease.Id, AtLeastMinWait(deadline.Value.Left), lifetime, cancellationToken)
                        .ConfigureAwait(false);
                }

                if (taken is null)
                    return (null, key);
                locks.Add(taken);
            }

            if (!lease.IsAlive)
                throw LeaseEndedTooEarly(null);
            if (_options.MaxHold is { } limit)
                lease.Shared.Clock.LimitTo(Deadline.After(_client.Time, limit));
            if (_options.AutoRenew)
                return (set = new LockSet(_client, lease, lifetime, keepAlive, _options, locks), null);

            // Waiting has used up a part of the lease; the caller is to hold the locks for all of it.
            await keepAlive.CancelAsync().ConfigureAwait(false);
            if (hasWaited && !await _client.Leases.RenewAsync(lease.Id, cancellationToken).ConfigureAwait(false))
                throw LeaseEndedTooEarly(null);
            return (set = new LockSet(_client, lease, lifetime, keepAlive, _options, locks), null);
        }
        catch (LockRefusedException exception) when (exception.Reason == DenyReasons.LeaseNotFound)
        {
            throw LeaseEndedTooEarly(exception);
        }
        finally
        {
            if (set is null)
            {
                // When the caller knows that it gets none of the locks, all of them are free again. One that gives up does not wait.
                await keepAlive.CancelAsync().ConfigureAwait(false);
                await lease.Shared.RevokeOrLogAsync()
                    .OrAbandonAsync(cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private Task<LockHandle?> AcquireAsync(
        string key, Guid leaseId, TimeSpan? wait, SharedLeaseLifetime lifetime, CancellationToken cancellationToken) =>
        _client.AcquireOnLeaseAsync(key, leaseId, wait, _options, lifetime.Lose, cancellationToken);

    private static LockUnavailableException LeaseEndedTooEarly(Exception? inner) =>
        new("The lease of the locks was over before all of them were acquired.", inner);

    private static TimeSpan AtLeastMinWait(TimeSpan time) => time > LockLimits.MinWait ? time : LockLimits.MinWait;
}
