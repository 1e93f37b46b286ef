namespace Locks.Client.Shapes;

internal sealed class KeyedLock(ILockClient client, string key, TimeSpan expiry) : IKeyedLock
{
    private readonly Lock _gate = new();
    private ILockHandle? _handle;
    private bool _disposed;

    public string Key => key;

    public bool IsAcquired => Handle?.IsHeld ?? false;

    public ILockHandle? Handle
    {
        get
        {
            lock (_gate)
                return _handle;
        }
    }

    public async Task<bool> TryAcquireAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed(), this);
        if (IsAcquired)
            return false;

        var handle = await client.TryAcquireAsync(key, expiry, cancellationToken).ConfigureAwait(false);
        if (handle is null || Keep(handle))
            return handle is not null;

        // Whoever disposed the object meanwhile won't release this one.
        await handle.DisposeAsync().ConfigureAwait(false);
        throw new ObjectDisposedException(nameof(IKeyedLock));
    }

    public async Task<bool> ReleaseAsync(CancellationToken cancellationToken = default)
    {
        if (Handle is not { } handle)
            return false;

        // Forgotten only when that is answered, so that it can be tried again.
        var wasHeld = await handle.ReleaseAsync(cancellationToken).ConfigureAwait(false);
        Forget(handle);
        return wasHeld;
    }

    public async ValueTask DisposeAsync()
    {
        if (Close() is { } handle)
            await handle.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose() => Close()?.Dispose();

    private bool IsDisposed()
    {
        lock (_gate)
            return _disposed;
    }

    /// <summary>Takes the place of an earlier grant, which has ended: otherwise there would be no new one.</summary>
    private bool Keep(ILockHandle handle)
    {
        lock (_gate)
        {
            if (!_disposed)
                _handle = handle;
            return !_disposed;
        }
    }

    private void Forget(ILockHandle handle)
    {
        lock (_gate)
        {
            if (_handle == handle)
                _handle = null;
        }
    }

    private ILockHandle? Close()
    {
        lock (_gate)
        {
            _disposed = true;
            var handle = _handle;
            _handle = null;
            return handle;
        }
    }
}
