using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Machine;

/// <summary>
/// Is notified of decisions once they are committed: the one hook for metrics, logs and tests, so that nothing is counted that did not
/// happen.
/// </summary>
internal interface ICommitObserver
{
    /// <summary>
    /// Called before the replies leave. Those of one lock come in the order of their commits; those of different locks may come at the same
    /// time. Must not block. One that throws keeps no other from being notified.
    /// </summary>
    /// <param name="decisions">The decisions of one commit, in the order in which they were made; also those that changed nothing.</param>
    void OnCommitted(IReadOnlyList<Decision> decisions);
}
