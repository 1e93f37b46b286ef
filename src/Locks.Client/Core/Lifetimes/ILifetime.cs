using Locks.Client.Requests;

namespace Locks.Client.Core.Lifetimes;

/// <summary>How long a lock is held, by its holder's own clock. It ends once and for ever: lost with a reason, or released.</summary>
internal interface ILifetime
{
    /// <summary>
    /// Whether it has not ended. Looks at the clock, not at timers: a process that was suspended knows before its timers fire.
    /// </summary>
    bool IsRunning { get; }

    /// <summary>When it ends unless it is renewed; absent while that is not known. Stays when it has ended.</summary>
    Deadline? End { get; }

    /// <summary>Whether the current lease's <see cref="AtRisk"/> has fired.</summary>
    bool IsAtRisk { get; }

    /// <summary>Why it was lost, if it was.</summary>
    LockLoss? Loss { get; }

    /// <summary>Fires when the lock is lost; not when it is released.</summary>
    CancellationToken Lost { get; }

    /// <summary>Fires when a renewal is overdue; a fresh token once a renewal has ended the risk.</summary>
    CancellationToken AtRisk { get; }

    /// <summary>Ends it as lost, whatever the clock says.</summary>
    void Lose(LockLoss loss);

    /// <summary>Ends it as released: there is nothing left to lose.</summary>
    void Stop();
}
