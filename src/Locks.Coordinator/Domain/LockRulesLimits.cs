namespace Locks.Coordinator.Domain;

/// <summary>The limits that the rules of the lock depend on. All coordinators of one store should have the same.</summary>
public sealed record LockRulesLimits
{
    /// <summary>
    /// How long a client may take to confirm an offer before the next waiter gets the lock. 1 s to 5 min, default 10 s. Shorter frees the
    /// queue sooner behind a dead waiter; longer forgives a slower client.
    /// </summary>
    public TimeSpan ConfirmationWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many attempts may wait for one key. 1 to 1,000,000, default 20,000. One more is denied as <c>QueueFull</c>.</summary>
    public int MaxWaiters { get; init; } = 20_000;

    /// <summary>
    /// How many ended attempts a key remembers, of each kind (held or cancelled; turned away). 1 to 1,024, default 8. They are stored with
    /// every commit of a key, and are most of what is stored for a busy one (docs/decisions/0002).
    /// </summary>
    public int AttemptsRemembered { get; init; } = 8;

    /// <summary>How long an ended attempt is remembered at most. 1 s to 24 h, default 2 min. A copy that arrives later counts as a new request.</summary>
    public TimeSpan AttemptMemory { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How many adjacent waiters of one session are granted together at most, if they agreed to it. 1 to 1,000, default 32. Each is remembered
    /// when the cohort ends, however many <see cref="AttemptsRemembered"/> says. More save messages where many wait in one process, and cost more
    /// of its own waiters when a process dies right after its grant; 1 grants every attempt alone.
    /// </summary>
    public int MaxCohort { get; init; } = 32;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        Require(ConfirmationWindow >= TimeSpan.FromSeconds(1) && ConfirmationWindow <= TimeSpan.FromMinutes(5),
            nameof(ConfirmationWindow), ConfirmationWindow, "1 s to 5 min");
        Require(MaxWaiters is >= 1 and <= 1_000_000, nameof(MaxWaiters), MaxWaiters, "1 to 1,000,000");
        Require(AttemptsRemembered is >= 1 and <= 1_024, nameof(AttemptsRemembered), AttemptsRemembered, "1 to 1,024");
        Require(AttemptMemory >= TimeSpan.FromSeconds(1) && AttemptMemory <= TimeSpan.FromHours(24),
            nameof(AttemptMemory), AttemptMemory, "1 s to 24 h");
        Require(MaxCohort is >= 1 and <= 1_000, nameof(MaxCohort), MaxCohort, "1 to 1,000");
    }

    private static void Require(bool holds, string name, object value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be {range}.");
    }
}
