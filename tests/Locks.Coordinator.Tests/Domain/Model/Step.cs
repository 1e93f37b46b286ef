namespace Locks.Coordinator.Tests.Domain.Model;

/// <summary>What can happen to a lock in a random story.</summary>
internal enum Happening
{
    Acquire,
    AnyMessageAgain,
    Cancel,
    Confirm,
    Renew,
    Release,
    ReleaseWithCooldown,
    Revoke,
    WaiterIsCancelled,
    LeaseIsRenewed,
    LeaseEnds,
    TimerFires,
    StaleTimerFires,
    TimePasses,
    TimePassesUntilSomethingIsDue,
    ClockGoesBack,
    SessionFallsSilent,
    SessionIsHeardAgain,
}

/// <summary>One step of a story.</summary>
/// <param name="What">What happens.</param>
/// <param name="Who">Which of the actors does it.</param>
/// <param name="Number">Decides the details: which lease, which message, how long.</param>
internal readonly record struct Step(Happening What, int Who, int Number)
{
    public override string ToString() => $"{What} {Who} {Number}";
}

/// <summary>A story; its text form is what a failing test prints.</summary>
internal sealed record Story(Step[] Steps)
{
    public const int Actors = 6;
    public const int Numbers = 1_000;

    /// <summary>How many shared leases there are at a time. One that has ended makes room for another.</summary>
    public const int Leases = 2;

    /// <summary>Shorter stories that may fail in the same way.</summary>
    public IEnumerable<Story> Shrink()
    {
        for (var length = Steps.Length / 2; length > 0; length /= 2)
        {
            for (var from = 0; from + length <= Steps.Length; from += length)
                yield return new Story([.. Steps[..from], .. Steps[(from + length)..]]);
        }
    }

    public override string ToString() => string.Join("; ", Steps);
}
