using Locks.Contracts;
using Locks.Testing.Faults;

namespace Locks.Testing;

/// <summary>A lock that a test keeps busy. Disposing gives it back, and whoever waits first in line gets it.</summary>
public sealed class BusyLock : IAsyncDisposable
{
    private readonly HarnessClient _insider;
    private readonly string _token;
    private bool _isReleased;

    internal BusyLock(HarnessClient insider, string owner, LockAcquired grant)
    {
        _insider = insider;
        _token = grant.OwnerToken;
        Key = grant.Key;
        Owner = owner;
        FencingToken = grant.FencingToken;
    }

    /// <summary>The lock.</summary>
    public string Key { get; }

    /// <summary>Who keeps it busy.</summary>
    public string Owner { get; }

    /// <summary>The grant's number.</summary>
    public long FencingToken { get; }

    /// <summary>Gives the lock back, if that was not done yet.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether it was still held; if not, its lease had ended, it was revoked, or it was given back before.</returns>
    public async Task<bool> ReleaseAsync(CancellationToken cancellationToken = default)
    {
        if (_isReleased)
            return false;

        var answer = await _insider.ReleaseAsync(new ReleaseLock(Key, _token), cancellationToken).ConfigureAwait(false);
        _isReleased = true;
        return answer is LockReleased;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ReleaseAsync().ConfigureAwait(false);
}
