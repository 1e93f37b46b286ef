using System.Collections.Concurrent;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core.Runs;

/// <summary>The runs that this client was granted and has not given back, by their secret.</summary>
internal sealed class RunBook(RequestLedger ledger, RunMessages messages)
{
    private readonly ConcurrentDictionary<string, Run> _runs = new();

    /// <summary>
    /// Begins a run with the first of its members who still wants the lock. Announced again, to whichever of them asked again, it is known.
    /// </summary>
    public void Begin(LockAcquired announced)
    {
        var run = new Run(announced, messages, Forget);
        if (_runs.TryAdd(announced.OwnerToken, run))
            run.Begin(ledger.Find);
    }

    /// <summary>The coordinator takes something away that it had granted under a request.</summary>
    /// <returns>Whether that was a run.</returns>
    public bool Lose(Guid? requestId, LockLost word)
    {
        foreach (var run in _runs.Values)
        {
            if (run.Announced.AcquireId == requestId)
            {
                run.OnPushed(word);
                return true;
            }
        }

        return false;
    }

    private void Forget(Run run) => _runs.TryRemove(new KeyValuePair<string, Run>(run.Announced.OwnerToken, run));
}
