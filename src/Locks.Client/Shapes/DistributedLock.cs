using System.Collections.Concurrent;
using Locks.Client.Core;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Shapes;

internal sealed class DistributedLock(ILockClient client, ILogger<DistributedLock> logger) : IDistributedLock
{
    private static readonly LockOptions Renewing = new() { AutoRenew = true };

    // The handles of the locks that callers know by key alone, until they are released or lost: a handle that nothing refers to is not
    // renewed.
    private readonly ConcurrentDictionary<string, ILockHandle> _held = new(StringComparer.Ordinal);
    private readonly FlowLocks _flow = new();

    public bool AcquireLock(string key, TimeSpan expiry)
    {
        var attempt = _flow.Begin(key);
        return SyncOverAsync.Wait(() => AcquireAndTrackAsync(attempt, EndingAfter(expiry), CancellationToken.None));
    }

    public bool AcquireLock(string key)
    {
        var attempt = _flow.Begin(key);
        return SyncOverAsync.Wait(() => AcquireAndTrackAsync(attempt, Renewing, CancellationToken.None));
    }

    public void ReleaseLock(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var acquired = _flow.Find(key);
        SyncOverAsync.Wait(() => ReleaseAsync(key, acquired, CancellationToken.None));
    }

    public ILockToken UsingToken(string key, TimeSpan expiry) => SyncOverAsync.Wait(() => UsingTokenAsync(key, expiry));

    public ILockToken AwaitLock(string key, TimeSpan lockExpiry, TimeSpan waitTimeout) =>
        SyncOverAsync.Wait(() => AwaitLockAsync(key, lockExpiry, waitTimeout));

    public async Task<bool> RunAsync(string key, Func<Task> action, int seconds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);

        var token = await UsingTokenAsync(key, TimeSpan.FromSeconds(seconds), cancellationToken).ConfigureAwait(false);
        await using (token.ConfigureAwait(false))
        {
            if (token.Handle is null)
                return false;

            await action().ConfigureAwait(false);
            return true;
        }
    }

    public Task<bool> AcquireLockAsync(string key, TimeSpan expiry, CancellationToken cancellationToken = default) =>
        AcquireAndTrackAsync(_flow.Begin(key), EndingAfter(expiry), cancellationToken);

    public Task<bool> AcquireLockAsync(string key, CancellationToken cancellationToken = default) =>
        AcquireAndTrackAsync(_flow.Begin(key), Renewing, cancellationToken);

    public Task ReleaseLockAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return ReleaseAsync(key, _flow.Find(key), cancellationToken);
    }

    public async Task<ILockToken> UsingTokenAsync(string key, TimeSpan expiry, CancellationToken cancellationToken = default) =>
        new LockToken(await client.TryAcquireAsync(key, EndingAfter(expiry), cancellationToken).ConfigureAwait(false));

    public async Task<ILockToken> AwaitLockAsync(
        string key, TimeSpan lockExpiry, TimeSpan waitTimeout, CancellationToken cancellationToken = default) =>
        new LockToken(await client.AcquireAsync(key, waitTimeout, EndingAfter(lockExpiry), cancellationToken).ConfigureAwait(false));

    /// <summary>A lock that ends after its expiry, whatever the client's default is.</summary>
    internal static LockOptions EndingAfter(TimeSpan expiry) => new() { Lease = expiry, AutoRenew = false };

    private async Task<bool> AcquireAndTrackAsync(FlowLocks.Attempt attempt, LockOptions options, CancellationToken cancellationToken)
    {
        ILockHandle? handle = null;
        try
        {
            handle = await client.TryAcquireAsync(attempt.Key, options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            attempt.End(handle);
        }

        if (handle is null)
            return false;

        // Replaces an earlier grant of this key that this process has lost and not noticed yet.
        _held[attempt.Key] = handle;
        handle.Lost.UnsafeRegister(_ => Forget(attempt.Key, handle), null);
        return true;
    }

    private async Task ReleaseAsync(string key, ILockHandle? acquired, CancellationToken cancellationToken)
    {
        if (!_held.TryGetValue(key, out var handle))
            return;

        if (handle != acquired)
        {
            logger.NotAcquiredHere(key);
            return;
        }

        // The handle is forgotten only when the release is answered, so that it can be tried again.
        await handle.ReleaseAsync(cancellationToken).ConfigureAwait(false);
        Forget(key, handle);
    }

    private void Forget(string key, ILockHandle handle) => _held.TryRemove(new KeyValuePair<string, ILockHandle>(key, handle));
}
