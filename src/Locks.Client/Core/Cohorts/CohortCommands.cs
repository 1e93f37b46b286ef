using Locks.Client.Requests;
using Locks.Contracts;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Cohorts;

/// <summary>Sends the commands of a cohort as a whole, rather than of one of its members.</summary>
internal sealed class CohortCommands(RequestDispatcher dispatcher, TimeProvider time, LockClientOptions options, ILogger logger)
{
    /// <summary>Confirms or extends the lease of all members.</summary>
    /// <returns>The lease, started before the request was sent; or how it was lost.</returns>
    /// <exception cref="LockUnavailableException">No answer came in time.</exception>
    public async Task<(Deadline? Lease, LockLost? Lost)> RenewAsync(LockAcquired grant, TimeSpan lease)
    {
        var sent = Deadline.After(time, lease);
        var command = new RenewLock(grant.Key, grant.OwnerToken, lease);
        var answer = await dispatcher
            .RequestAsync(command, sent with { Length = options.RequestTimeout }, CancellationToken.None)
            .ConfigureAwait(false);
        return answer switch
        {
            LockRenewed renewed => (sent with { Length = renewed.Lease }, null),
            LockLost lost => (null, lost),
            _ => throw new LockUnavailableException($"The renewal of lock '{grant.Key}' was answered with {answer.GetType().Name}."),
        };
    }

    /// <summary>The next member holds the lock: what the client requests for the lock meanwhile may travel with the release.</summary>
    public void HandoffStarted(Guid lockId, bool othersWait) => dispatcher.HandoffStarted(lockId, othersWait);

    /// <summary>The coordinator has answered the release.</summary>
    public void HandoffCompleted(Guid lockId) => dispatcher.HandoffCompleted(lockId);

    /// <summary>The lock is lost: no release follows.</summary>
    public void HandoffAborted(Guid lockId) => dispatcher.HandoffAborted(lockId);

    /// <summary>Releases the lock when no member is left to wait for the answer.</summary>
    public async Task ReleaseAsync(LockAcquired grant)
    {
        try
        {
            var deadline = Deadline.After(time, options.RequestTimeout);
            var command = new ReleaseLock(grant.Key, grant.OwnerToken, Cooldown: null, grant.AcquireId);
            await dispatcher.RequestAsync(command, deadline, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            logger.ReleaseUnanswered(grant.Key, exception);
        }
        finally
        {
            HandoffCompleted(LockKey.ToId(grant.Key));
        }
    }
}
