using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Diagnostics;

/// <summary>Logs what was committed.</summary>
internal sealed class CommitReporter(ILogger<CommitReporter> logger) : ICommitObserver
{
    private const string NoReason = "not told";

    public void OnCommitted(IReadOnlyList<Decision> decisions)
    {
        foreach (var decision in decisions)
        {
            ReportPassedOver(decision);
            ReportInterventions(decision);
        }
    }

    /// <summary>What an operator does is told in every log, with who did it and why.</summary>
    private void ReportInterventions(Decision decision)
    {
        foreach (var outcome in decision.Outcomes)
        {
            if (outcome is Outcome.Revoked { Grant: var grant } revoked)
                logger.LockRevoked(decision.After.Key, grant.Owner, grant.FencingToken, revoked.By, revoked.Reason ?? NoReason);
            else if (outcome is Outcome.WaiterCancelled { Waiter: var waiter } cancelled)
                logger.WaiterCancelled(
                    AttemptId.Of(waiter.AcquireId), waiter.Owner, decision.After.Key, cancelled.By, cancelled.Reason ?? NoReason);
        }
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

        logger.PassedOverSilent(count, decision.After.Key, first.Owner, first.ClientId);
    }
}
