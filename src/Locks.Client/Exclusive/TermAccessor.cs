namespace Locks.Client.Exclusive;

/// <summary>Holds the term of the service that runs in this scope.</summary>
internal sealed class TermAccessor
{
    public ExclusiveTerm Value
    {
        get => field ?? throw new InvalidOperationException(
            $"An {nameof(ExclusiveTerm)} is available only to a service that AddExclusiveHostedService runs, "
            + "and to the dependencies in its scope.");
        set;
    }
}
