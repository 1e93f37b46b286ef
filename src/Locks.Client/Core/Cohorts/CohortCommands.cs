using Locks.Client.Requests;
using Locks.Contracts;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Cohorts;

/// <summary>What a cohort, rather than one of its members, says to the coordinator.</summary>
internal sealed class CohortCommands(RequestDispatcher dispatcher, TimeProvider time, LockClientOptions options, ILogger logger)
{
    /// <summary>Confirms or extends the lease of all members.</summary>
    /// <returns>The lease, started before this was sent; or how it was lost.</returns>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    public async Task<(Deadline? Lease, LockLost? Lost)> RenewAsync(LockAcquired cohort, TimeSpan lease)
    {
        var sent = Deadline.After(time, lease);
        var answer = await dispatcher.AskAsync(
            new RenewLock(cohort.Key, cohort.OwnerToken, lease), sent with { Length = options.RequestTimeout }, CancellationToken.None).ConfigureAwait(false);
        return answer switch
        {
            LockRenewed renewed => (sent with { Length = renewed.Lease }, null),
            LockLost lost => (null, lost),
            _ => throw new LockUnavailableException($"The renewal of lock '{cohort.Key}' was answered with {answer.GetType().Name}."),
        };
    }

    /// <summary>The lock has come to the next member: what the client asks for it meanwhile may travel with the release.</summary>
    public void HandoffStarted(Guid lockId, bool othersWait) => dispatcher.HandoffStarted(lockId, othersWait);

    /// <summary>The lock is given back: that was answered.</summary>
    public void HandoffCompleted(Guid lockId) => dispatcher.HandoffCompleted(lockId);

    /// <summary>The lock is lost: it is not given back.</summary>
    public void HandoffAborted(Guid lockId) => dispatcher.HandoffAborted(lockId);

    /// <summary>Gives the lock back when nobody is there to wait for the answer.</summary>
    public async Task GiveBackAsync(LockAcquired cohort)
    {
        try
        {
            var patience = Deadline.After(time, options.RequestTimeout);
            await dispatcher.AskAsync(new ReleaseLock(cohort.Key, cohort.OwnerToken), patience, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            logger.ReleaseUnanswered(cohort.Key, exception);
        }
        finally
        {
            HandoffCompleted(LockKey.ToId(cohort.Key));
        }
    }
}
