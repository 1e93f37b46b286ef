namespace Locks.Coordinator;

/// <summary>The coordinator's time, in whole microseconds: what the databases keep, so that a time survives being stored.</summary>
internal sealed class CoordinatorClock(TimeProvider time)
{
    /// <summary>Now, in UTC.</summary>
    public DateTimeOffset Now
    {
        get
        {
            var now = time.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }
}
