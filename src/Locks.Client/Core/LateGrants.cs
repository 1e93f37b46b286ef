namespace Locks.Client.Core;

/// <summary>
/// How long to pause before an attempt that follows one whose grant came too late. A coordinator, a broker or a machine that is behind does
/// not catch up while every caller attempts anew at once: while grants are late, the pauses of all callers grow, and each is another one.
/// </summary>
internal sealed class LateGrants
{
    private const int MaxDoublings = 6;

    private static readonly TimeSpan LongestFirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private int _doublings;

    /// <summary>What the pauses are drawn from; another one only for the simulation, whose runs have to be the same each time.</summary>
    public Random Random { get; set; } = Random.Shared;

    /// <summary>A grant came in time: the next pause is shorter.</summary>
    public void CameInTime()
    {
        lock (_gate)
            _doublings = Math.Max(_doublings - 1, 0);
    }

    /// <summary>A grant came too late, or none came while the lease that was asked for lasted.</summary>
    /// <param name="lease">The lease.</param>
    /// <returns>How long to pause: a random time, at most 5 s.</returns>
    public TimeSpan CameLate(TimeSpan lease)
    {
        int doublings;
        lock (_gate)
        {
            doublings = _doublings;
            _doublings = Math.Min(_doublings + 1, MaxDoublings);
        }

        var first = Math.Min(lease.Ticks, LongestFirstPause.Ticks);
        return new TimeSpan(Random.NextInt64(Math.Min(first << doublings, LongestPause.Ticks)));
    }
}
