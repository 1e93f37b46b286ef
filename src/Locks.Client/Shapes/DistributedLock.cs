using System.Collections.Concurrent;
using Locks.Client.Core;

namespace Locks.Client.Shapes;

internal sealed class DistributedLock(ILockClient client) : IDistributedLock
{
    // The handles of the locks that callers know by key alone, until they are released or expire.
    private readonly ConcurrentDictionary<string, ILockHandle> _held = new(StringComparer.Ordinal);

    public bool AcquireLock(string key, TimeSpan expiry) => SyncOverAsync.Wait(() => AcquireLockAsync(key, expiry));

    public bool AcquireLock(string key) => SyncOverAsync.Wait(() => AcquireLockAsync(key));

    public void ReleaseLock(string key) => SyncOverAsync.Wait(() => ReleaseLockAsync(key));

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
        AcquireAndTrackAsync(key, expiry, cancellationToken);

    public Task<bool> AcquireLockAsync(string key, CancellationToken cancellationToken = default) =>
        AcquireAndTrackAsync(key, new LockOptions { AutoRenew = true }, cancellationToken);

    public Task ReleaseLockAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _held.TryRemove(key, out var handle) ? handle.ReleaseAsync(cancellationToken) : Task.CompletedTask;
    }

    public async Task<ILockToken> UsingTokenAsync(string key, TimeSpan expiry, CancellationToken cancellationToken = default) =>
        new LockToken(await client.TryAcquireAsync(key, expiry, cancellationToken).ConfigureAwait(false));

    public async Task<ILockToken> AwaitLockAsync(
        string key, TimeSpan lockExpiry, TimeSpan waitTimeout, CancellationToken cancellationToken = default) =>
        new LockToken(await client.AcquireAsync(key, waitTimeout, lockExpiry, cancellationToken).ConfigureAwait(false));

    private async Task<bool> AcquireAndTrackAsync(string key, LockOptions options, CancellationToken cancellationToken)
    {
        var handle = await client.TryAcquireAsync(key, options, cancellationToken).ConfigureAwait(false);
        if (handle is null)
            return false;

        // Replaces an earlier grant of this key that this process has lost and not noticed yet.
        _held[key] = handle;
        handle.Lost.UnsafeRegister(_ => _held.TryRemove(new KeyValuePair<string, ILockHandle>(key, handle)), null);
        return true;
    }
}
