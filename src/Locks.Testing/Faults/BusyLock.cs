using Locks.Contracts;
using Locks.Testing.Faults;

namespace Locks.Testing;

/// <summary>A lock that a test keeps busy. Disposing releases it, and the first waiter is granted.</summary>
public sealed class BusyLock : IAsyncDisposable
{
    private readonly HarnessClient _client;
    private readonly string _token;
    private bool _isReleased;

    internal BusyLock(HarnessClient client, string owner, LockAcquired grant)
    {
        _client = client;
        _token = grant.OwnerToken;
        Key = grant.Key;
        Owner = owner;
        FencingToken = grant.FencingToken;
    }

    /// <summary>The lock.</summary>
    public string Key { get; }

    /// <summary>Who keeps it busy.</summary>
    public string Owner { get; }

    /// <summary>The grant's fencing token.</summary>
    public long FencingToken { get; }

    /// <summary>Releases the lock, unless it is released already.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether it was still held; if not, its lease had ended, it was revoked, or it was released before.</returns>
    public async Task<bool> ReleaseAsync(CancellationToken cancellationToken = default)
    {
        if (_isReleased)
            return false;

        var answer = await _client.ReleaseAsync(new ReleaseLock(Key, _token), cancellationToken).ConfigureAwait(false);
        _isReleased = true;
        return answer is LockReleased;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ReleaseAsync().ConfigureAwait(false);
}
