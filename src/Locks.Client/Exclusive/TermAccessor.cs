namespace Locks.Client.Exclusive;

/// <summary>Carries a term into the scope of its service.</summary>
internal sealed class TermAccessor
{
    public ExclusiveTerm Value
    {
        get => field ?? throw new InvalidOperationException(
            $"An {nameof(ExclusiveTerm)} is to be had only by a service that runs by AddExclusiveHostedService, and by what it is made of.");
        set;
    }
}
