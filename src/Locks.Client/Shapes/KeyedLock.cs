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

        var handle = await client.TryAcquireAsync(key, DistributedLock.EndingAfter(expiry), cancellationToken).ConfigureAwait(false);
        if (handle is null || TryStore(handle))
            return handle is not null;

        // The object was disposed of meanwhile, and nothing else would release this grant.
        await handle.DisposeAsync().ConfigureAwait(false);
        throw new ObjectDisposedException(nameof(IKeyedLock));
    }

    public async Task<bool> ReleaseAsync(CancellationToken cancellationToken = default)
    {
        if (Handle is not { } handle)
            return false;

        // The handle is cleared only when the release is answered, so that it can be tried again.
        var wasHeld = await handle.ReleaseAsync(cancellationToken).ConfigureAwait(false);
        Clear(handle);
        return wasHeld;
    }

    public async ValueTask DisposeAsync()
    {
        if (TakeHandle() is { } handle)
            await handle.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose() => TakeHandle()?.Dispose();

    private bool IsDisposed()
    {
        lock (_gate)
            return _disposed;
    }

    /// <summary>Stores a new grant in place of the earlier one, which must have ended; not once the object is disposed of.</summary>
    private bool TryStore(ILockHandle handle)
    {
        lock (_gate)
        {
            if (!_disposed)
                _handle = handle;
            return !_disposed;
        }
    }

    private void Clear(ILockHandle handle)
    {
        lock (_gate)
        {
            if (_handle == handle)
                _handle = null;
        }
    }

    private ILockHandle? TakeHandle()
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
