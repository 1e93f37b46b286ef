namespace Locks.Client.Core.Lifetimes;

/// <summary>How long a lock is held, by its holder's reckoning. Over once, and for ever: lost with a reason, or given back.</summary>
internal interface ILifetime
{
    /// <summary>Whether it is not over. Looks at the clock, not at timers: a process that was suspended knows before its timers do.</summary>
    bool IsRunning { get; }

    /// <summary>Whether the warning of the current lease has been given.</summary>
    bool IsAtRisk { get; }

    /// <summary>Why it was lost, if it was.</summary>
    LockLoss? Loss { get; }

    CancellationToken Lost { get; }

    /// <summary>The warning; a fresh token once a renewal has ended the risk.</summary>
    CancellationToken AtRisk { get; }

    /// <summary>It is over, whatever the clock says.</summary>
    void Lose(LockLoss loss);

    /// <summary>The lock was given back: there is nothing left to lose.</summary>
    void Stop();
}
