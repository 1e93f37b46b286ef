using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Diagnostics;

/// <summary>Counts and logs what was committed.</summary>
internal sealed class CommitReporter(ILogger<CommitReporter> logger) : ICommitObserver
{
    public void OnCommitted(IReadOnlyList<Decision> decisions)
    {
        foreach (var decision in decisions)
            ReportPassedOver(decision);
    }

    private void ReportPassedOver(Decision decision)
    {
        Waiter? first = null;
        var count = 0;
        foreach (var outcome in decision.Outcomes)
        {
            if (outcome is not Outcome.PassedOver { Waiter: var waiter })
                continue;

            first ??= waiter;
            count++;
        }

        if (first is null)
            return;

        CoordinatorMeter.CountPassedOver(count);
        logger.PassedOverSilent(count, decision.After.Key, first.Owner, first.ClientId);
    }
}
