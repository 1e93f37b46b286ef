using Locks.Client.Requests;
using Locks.Contracts;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Runs;

/// <summary>What a run, rather than one of its members, says to the coordinator.</summary>
internal sealed class RunMessages(Requester requester, TimeProvider time, LockClientOptions options, ILogger logger)
{
    /// <summary>Confirms or extends the lease of all members.</summary>
    /// <returns>The lease, started before this was sent; or how it was lost.</returns>
    /// <exception cref="LockUnavailableException">There was no answer.</exception>
    public async Task<(Deadline? Lease, LockLost? Lost)> RenewAsync(LockAcquired run, TimeSpan lease)
    {
        var sent = Deadline.After(time, lease);
        var answer = await requester.AskAsync(
            new RenewLock(run.Key, run.OwnerToken, lease), sent with { Length = options.RequestTimeout }, CancellationToken.None).ConfigureAwait(false);
        return answer switch
        {
            LockRenewed renewed => (sent with { Length = renewed.Lease }, null),
            LockLost lost => (null, lost),
            _ => throw new LockUnavailableException($"The renewal of lock '{run.Key}' was answered with {answer.GetType().Name}."),
        };
    }

    /// <summary>The lock has come to the next member: what the client asks for it meanwhile may travel with the release.</summary>
    public void TurnBegins(Guid lockId, bool othersWait) => requester.TurnBegins(lockId, othersWait);

    /// <summary>The lock is given back: that was answered.</summary>
    public void GivenBack(Guid lockId) => requester.GivenBack(lockId);

    /// <summary>The lock is lost: it is not given back.</summary>
    public void TurnsAreOver(Guid lockId) => requester.TurnsAreOver(lockId);

    /// <summary>Gives the lock back when nobody is there to wait for the answer.</summary>
    public async Task GiveBackAsync(LockAcquired run)
    {
        try
        {
            var patience = Deadline.After(time, options.RequestTimeout);
            await requester.AskAsync(new ReleaseLock(run.Key, run.OwnerToken), patience, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            logger.ReleaseUnanswered(run.Key, exception);
        }
        finally
        {
            GivenBack(LockKey.ToId(run.Key));
        }
    }
}
