using Locks.Contracts;

namespace Locks.Client;

/// <summary>How a service runs that runs on one instance at a time.</summary>
public sealed record ExclusiveServiceOptions
{
    private static readonly TimeSpan ShortestTime = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The lock's lease, and so how long no instance runs the service after the one that did has died: 100 ms to 24 h. Default:
    /// <see cref="LockClientOptions.DefaultLease"/>. It is renewed every third of it while the service runs; a short one is lost sooner
    /// when the coordinator can't be reached.
    /// </summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>
    /// The owner of the lock, for people and the log: 1 to 256 UTF-8 bytes. Default: <see cref="LockClientOptions.Owner"/>.
    /// </summary>
    public string? Owner { get; init; }

    /// <summary>
    /// Says whether the service still does its work: the lock is renewed only while it does, so that a service that hangs gives way to
    /// another instance. Default: none; the lock is renewed for as long as the process lives.
    /// </summary>
    /// <remarks>
    /// It gets the services of the term's scope, and is asked before each renewal, every third of the lease, from the start of the service
    /// until it has ended. An answer of no, an exception, and no answer within a sixth of the lease all mean that the lock is not renewed
    /// this time. When that goes on for a lease, the lock is lost with <see cref="LockLossReason.Unhealthy"/>, and the service is stopped.
    /// A delegate that hangs is not called again before it returns.
    /// </remarks>
    public Func<IServiceProvider, CancellationToken, Task<bool>>? IsHealthy { get; init; }

    /// <summary>
    /// How long the service may take to stop, after the lock was lost or when the host stops, before the token of its <c>StopAsync</c>
    /// fires and an error is logged: 10 ms to 10 min, default 10 s. This instance goes on only when the service has ended, however long
    /// that takes.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long to pause before waiting in the queue again when the coordinator could not be reached or refused: 10 ms to 1 min, default 1
    /// s. Doubles with each failure in a row, up to 1 min.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause.</summary>
    internal static TimeSpan LongestRetryDelay => TimeSpan.FromMinutes(1);

    /// <summary>Checks that every option is within its range.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and the range.</exception>
    internal void Validate()
    {
        if (Lease is { } lease)
            LockLimits.CheckLease(lease)?.Throw(nameof(Lease));
        if (Owner is not null)
            LockLimits.CheckOwner(Owner)?.Throw(nameof(Owner));
        RequireBetween(nameof(StopTimeout), StopTimeout, ShortestTime, LongestStop);
        RequireBetween(nameof(RetryDelay), RetryDelay, ShortestTime, LongestRetryDelay);
    }

    private static void RequireBetween(string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(
                name, value, $"{nameof(ExclusiveServiceOptions)}.{name} is '{value}'; it must be between {least:c} and {most:c}.");
        }
    }
}
