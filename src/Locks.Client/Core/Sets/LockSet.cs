using Locks.Client.Core.Holding;
using Locks.Client.Core.Lifetimes;
using Locks.Contracts;

namespace Locks.Client.Core.Sets;

internal sealed class LockSet : ILockSet
{
    private readonly Lock _gate = new();
    private readonly LockClient _client;
    private readonly SetLifetime _lifetime;
    private readonly LockOptions _options;
    private readonly IReadOnlyList<LockHandle> _locks;
    private readonly Release _release;
    private LazyCancellation? _atRisk;

    /// <param name="client">The client that was granted the locks.</param>
    /// <param name="lifetime">The lifetime of the set: it ends with any of the locks.</param>
    /// <param name="options">How the locks are held.</param>
    /// <param name="locks">The locks, in order.</param>
    public LockSet(LockClient client, SetLifetime lifetime, LockOptions options, IReadOnlyList<LockHandle> locks)
    {
        _client = client;
        _lifetime = lifetime;
        _options = options;
        _locks = locks;
        _release = new Release(ReleaseOnceAsync);
        Keys = [.. locks.Select(held => held.Key)];
        FencingTokens = locks.ToDictionary(held => held.Key, held => held.FencingToken, StringComparer.Ordinal).AsReadOnly();
    }

    public IReadOnlyList<string> Keys { get; }

    public IReadOnlyDictionary<string, long> FencingTokens { get; }

    public bool IsHeld => State is LockHandleState.Held or LockHandleState.AtRisk;

    public LockHandleState State =>
        Loss is not null ? LockHandleState.Lost
        : _release.State is { } released ? released
        : IsAtRisk ? LockHandleState.AtRisk
        : LockHandleState.Held;

    public LockLoss? Loss
    {
        get
        {
            CheckLocks();
            return _lifetime.Loss;
        }
    }

    public CancellationToken Lost
    {
        get
        {
            CheckLocks();
            return _lifetime.Lost;
        }
    }

    public CancellationToken AtRisk
    {
        get
        {
            var isAtRisk = IsAtRisk;
            lock (_gate)
            {
                // A fresh token once the risk has ended, like that of each lock.
                if (_atRisk is null || (_atRisk.IsCancellationRequested && !isAtRisk))
                    _atRisk = WatchForRisk();
                return _atRisk.Token;
            }
        }
    }

    private bool IsAtRisk => _locks.Any(held => held.State == LockHandleState.AtRisk);

    public async Task<bool> RenewAsync(TimeSpan? lease = null, CancellationToken cancellationToken = default)
    {
        if (lease is { } length)
            LockLimits.CheckLease(length)?.Throw(nameof(lease));
        if (!IsHeld)
            return false;

        return await ForAllAsync(held => held.RenewAsync(lease, cancellationToken)).ConfigureAwait(false);
    }

    public Task<bool> ReleaseAsync(CancellationToken cancellationToken = default) => _release.RunAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_options.HoldUntilExpiry)
        {
            foreach (var held in _locks)
                held.StopRenewing();
            return;
        }

        try
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            // An exception from here would hide one from inside the block; the locks end by themselves with their leases.
            _client.Logger.SetReleaseUnanswered(Keys.Count, Keys[0], exception);
        }
    }

    public void Dispose() => SyncOverAsync.Wait(() => DisposeAsync().AsTask());

    private Task<bool> ReleaseOnceAsync() => ForAllAsync(held => held.ReleaseAsync());

    /// <summary>Sends one command for each lock, together.</summary>
    /// <returns>Whether all of them were held.</returns>
    private async Task<bool> ForAllAsync(Func<LockHandle, Task<bool>> send)
    {
        Task<bool>[] answers;
        using (_client.RequestDispatcher.Gather())
            answers = [.. _locks.Select(send)];
        return Array.TrueForAll(await Task.WhenAll(answers).ConfigureAwait(false), wasHeld => wasHeld);
    }

    /// <summary>Has every lock look at its clock: one that is over reports that at once.</summary>
    private void CheckLocks()
    {
        foreach (var held in _locks)
            _ = held.Loss;
    }

    private LazyCancellation WatchForRisk()
    {
        var atRisk = new LazyCancellation(_client.Logger);
        foreach (var held in _locks)
            held.AtRisk.UnsafeRegister(static watch => ((LazyCancellation)watch!).Cancel(), atRisk);
        return atRisk;
    }
}
