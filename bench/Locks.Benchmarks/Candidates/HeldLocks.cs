using System.Collections.Concurrent;
using Locks.Benchmarks.Measuring;
using Locks.Client;

namespace Locks.Benchmarks.Candidates;

/// <summary>Many locks that one client holds.</summary>
internal sealed class HeldLocks
{
    private const int AtOnce = 256;

    private readonly ConcurrentDictionary<string, ILockHandle> _handles = new();
    private ILease? _lease;

    /// <summary>How many are held by this process's clock.</summary>
    public int Count => _handles.Values.Count(handle => handle.IsHeld);

    public static string KeyOf(string prefix, int number) => $"{prefix}-{number}";

    /// <summary>Takes locks that renew themselves, on one lease for all of them or each on its own, or that are not renewed at all.</summary>
    /// <exception cref="MeasurementFailedException">One was busy.</exception>
    public async Task TakeAsync(ILockClient client, string prefix, int count, TimeSpan lease, HowHeld how, CancellationToken cancellationToken)
    {
        if (how == HowHeld.SharedLease)
            _lease = await client.Leases.KeepAliveAsync((await client.Leases.GrantAsync(lease, cancellationToken)).Id, cancellationToken);

        await EachAsync(Enumerable.Range(0, count).Select(number => KeyOf(prefix, number)), TakeOneAsync, cancellationToken);

        async ValueTask TakeOneAsync(string key, CancellationToken giveUp)
        {
            var handle = _lease is { } shared
                ? (await client.Locks.AcquireAsync(key, shared.Id, giveUp)).Handle
                : await client.TryAcquireAsync(key, new LockOptions { Lease = lease, AutoRenew = how == HowHeld.OwnLeases }, giveUp);
            _handles[key] = handle ?? throw new MeasurementFailedException($"The lock '{key}' was busy, though no other caller uses it.");
        }
    }

    /// <summary>Renews some of the locks, from the first key on in no particular order.</summary>
    /// <exception cref="MeasurementFailedException">One is not held any more.</exception>
    public async Task RenewAsync(int count, CancellationToken cancellationToken) =>
        await EachAsync(
            _handles.Values.Take(count),
            async (handle, giveUp) =>
            {
                if (!await handle.RenewAsync(cancellationToken: giveUp))
                    throw new MeasurementFailedException($"The lock '{handle.Key}' was lost: {handle.Loss}.");
            },
            cancellationToken);

    /// <summary>Gives all of them back.</summary>
    public async Task LetGoAsync(ILockClient client, CancellationToken cancellationToken)
    {
        if (_lease is { } shared)
            await client.Leases.RevokeAsync(shared.Id, cancellationToken);
        else
            await EachAsync(_handles.Values, async (handle, giveUp) => await handle.ReleaseAsync(giveUp), cancellationToken);
        _lease = null;
        _handles.Clear();
    }

    private static Task EachAsync<T>(IEnumerable<T> things, Func<T, CancellationToken, ValueTask> doAsync, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(things, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, doAsync);
}

/// <summary>What keeps a lock held.</summary>
internal enum HowHeld
{
    /// <summary>All live on one lease, which is renewed.</summary>
    SharedLease,

    /// <summary>Each has a lease of its own, which is renewed.</summary>
    OwnLeases,

    /// <summary>Each has a lease of its own, long enough.</summary>
    NotRenewed,
}
