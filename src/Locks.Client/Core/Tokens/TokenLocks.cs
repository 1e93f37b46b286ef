using Locks.Client.Core.Holding;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Tokens;

/// <summary>
/// Locks that outlive the process that acquired them: any process that has the owner token renews and releases them. For the command line,
/// where each of these is a process.
/// </summary>
internal sealed class TokenLocks(LockClient client)
{
    /// <summary>Acquires a lock and leaves it held, for all of its lease.</summary>
    /// <exception cref="LockTimeoutException">It was not granted within the wait.</exception>
    /// <exception cref="LockRefusedException">The coordinator refused.</exception>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    public async Task<TokenGrant> AcquireAsync(string key, TimeSpan wait, TimeSpan lease, string owner, CancellationToken cancellationToken)
    {
        // Held until its expiry, it is confirmed before it is returned, and the end of this process's bus does not release it.
        var options = new LockOptions { Lease = lease, Owner = owner, HoldUntilExpiry = true, AutoRenew = false };
        var handle = (LockHandle)await client.AcquireAsync(key, wait, options, cancellationToken).ConfigureAwait(false);
        return new TokenGrant(handle.OwnerToken, handle.FencingToken, lease);
    }

    /// <summary>Extends the lease, counted from now.</summary>
    /// <returns>The fencing token; or why the lock is lost.</returns>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    public async Task<(long? FencingToken, LockLoss? Loss)> RenewAsync(
        string key, string ownerToken, TimeSpan lease, CancellationToken cancellationToken)
    {
        var command = new RenewLock(key, ownerToken, lease);
        var answer = await client.RequestDispatcher.RequestAsync(command, Limit(), cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            LockRenewed renewed => (renewed.FencingToken, null),
            LockLost lost => (null, lost.ToLoss()),
            _ => throw new LockUnavailableException($"The renewal of lock '{key}' was answered with {answer.GetType().Name}."),
        };
    }

    /// <summary>Releases the lock.</summary>
    /// <returns>Whether it was held.</returns>
    /// <exception cref="LockUnavailableException">The coordinator did not answer in time.</exception>
    public async Task<bool> ReleaseAsync(string key, string ownerToken, CancellationToken cancellationToken)
    {
        var command = new ReleaseLock(key, ownerToken);
        return await client.RequestDispatcher.RequestAsync(command, Limit(), cancellationToken).ConfigureAwait(false) is LockReleased;
    }

    private Deadline Limit() => Deadline.After(client.Time, client.Options.RequestTimeout);
}
