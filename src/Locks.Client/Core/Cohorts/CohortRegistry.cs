using System.Collections.Concurrent;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Cohorts;

/// <summary>The runs that this client was granted and has not given back, by their secret.</summary>
internal sealed class CohortRegistry(PendingRequests pendingRequests, CohortCommands messages)
{
    private readonly ConcurrentDictionary<string, CohortGrant> _cohorts = new();

    /// <summary>
    /// Begins a cohort with the first of its members who still wants the lock. Announced again, to whichever of them asked again, it is known.
    /// </summary>
    public void Begin(LockAcquired announced)
    {
        var cohort = new CohortGrant(announced, messages, Forget);
        if (_cohorts.TryAdd(announced.OwnerToken, cohort))
            cohort.Begin(pendingRequests.Find);
    }

    /// <summary>The coordinator takes something away that it had granted under a request.</summary>
    /// <returns>Whether that was a cohort.</returns>
    public bool Lose(Guid? requestId, LockLost word)
    {
        foreach (var cohort in _cohorts.Values)
        {
            if (cohort.Announced.AcquireId == requestId)
            {
                cohort.OnPushed(word);
                return true;
            }
        }

        return false;
    }

    private void Forget(CohortGrant cohort) => _cohorts.TryRemove(new KeyValuePair<string, CohortGrant>(cohort.Announced.OwnerToken, cohort));
}
