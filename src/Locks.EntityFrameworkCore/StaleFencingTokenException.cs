namespace Locks.EntityFrameworkCore;

/// <summary>
/// A write came too late: the resource has seen the fencing token of a later grant. The lock is lost: roll back, and start over with a new
/// grant if the work is still to be done.
/// </summary>
/// <param name="guarded">What was to be written: the name of an entity, or the key of a <see cref="LockFence"/>.</param>
/// <param name="fencingToken">The token that was refused.</param>
/// <param name="highestToken">The highest token that was seen when the writer looked, after it had been refused.</param>
public sealed class StaleFencingTokenException(string guarded, long fencingToken, long highestToken) : Exception(
    $"The write to '{guarded}' with fencing token {fencingToken} was refused: it has seen {highestToken}, "
    + "so the lock has been granted to another since.")
{
    /// <summary>What was to be written: the name of an entity, or the key of a <see cref="LockFence"/>.</summary>
    public string Guarded { get; } = guarded;

    /// <summary>The token that was refused.</summary>
    public long FencingToken { get; } = fencingToken;

    /// <summary>The highest token that was seen when the writer looked, after it had been refused.</summary>
    public long HighestToken { get; } = highestToken;
}
