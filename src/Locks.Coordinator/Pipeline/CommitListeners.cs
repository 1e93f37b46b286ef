using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// Notifies what listens to commits: observers, logs, metrics, spans. A log provider, or a listener of metrics or spans, is the host's and may
/// throw. Its first failure is logged, and none holds up a lock or another listener.
/// </summary>
internal sealed class CommitListeners(IEnumerable<ICommitObserver> observers, ILogger<CommitListeners> logger)
{
    private readonly ICommitObserver[] _observers = [.. observers];
    private bool _hasFailed;

    /// <summary>Notifies the observers of the decisions of one commit.</summary>
    public void OnCommitted(IReadOnlyList<Decision> decisions)
    {
        foreach (var observer in _observers)
            Notify((observer, decisions), static commit => commit.observer.OnCommitted(commit.decisions));
    }

    /// <summary>Logs, measures or traces.</summary>
    /// <param name="subject">What the listener is told.</param>
    /// <param name="listener">Tells it.</param>
    public void Notify<T>(T subject, Action<T> listener)
    {
        try
        {
            listener(subject);
        }
#pragma warning disable CA1031 // Whatever the host's listener throws.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!Interlocked.Exchange(ref _hasFailed, true))
                LogFailure(exception);
        }
    }

    private void LogFailure(Exception exception)
    {
        try
        {
            logger.CommitListenerFailed(exception);
        }
#pragma warning disable CA1031 // It is the log that fails.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
