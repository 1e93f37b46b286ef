using System.Collections.Concurrent;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Cohorts;

/// <summary>The cohorts that this client was granted and has not released, by their owner token.</summary>
internal sealed class CohortRegistry(PendingRequests pendingRequests, CohortCommands commands)
{
    private readonly ConcurrentDictionary<string, CohortGrant> _cohorts = new();

    /// <summary>
    /// Starts a cohort: the first member that still wants the lock holds it. A grant that is repeated, because any of the members sent its
    /// request again, is known already.
    /// </summary>
    public void Start(LockAcquired grant)
    {
        var cohort = new CohortGrant(grant, commands, Remove);
        if (_cohorts.TryAdd(grant.OwnerToken, cohort))
            cohort.Start(pendingRequests.Find);
    }

    /// <summary>The coordinator takes away what it granted under a request.</summary>
    /// <returns>Whether that was a cohort.</returns>
    public bool TryLose(Guid? requestId, LockLost lost)
    {
        foreach (var cohort in _cohorts.Values)
        {
            if (cohort.Grant.AcquireId == requestId)
            {
                cohort.OnLost(lost);
                return true;
            }
        }

        return false;
    }

    private void Remove(CohortGrant cohort) => _cohorts.TryRemove(new KeyValuePair<string, CohortGrant>(cohort.Grant.OwnerToken, cohort));
}
