using System.ComponentModel.DataAnnotations;
using Locks.Contracts;

namespace Locks.Admin.Writing;

/// <summary>Takes a lock from its holder.</summary>
/// <param name="Key">The lock's key: 1 to 512 UTF-8 bytes.</param>
/// <param name="Reason">Why, for the holder and the log: 1 to 512 UTF-8 bytes.</param>
/// <param name="FencingToken">
/// The grant that is meant, as it was shown: if the lock has changed hands since, nothing happens. Default: the current one.
/// </param>
public sealed record ForceReleaseRequest(
    [property: Required] string? Key, [property: Required] string? Reason, long? FencingToken = null) : IWriteRequest
{
    /// <inheritdoc/>
    IEnumerable<ValidationError?> IWriteRequest.Checks() => [];
}

/// <summary>Takes a waiter out of a lock's queue.</summary>
/// <param name="Key">The lock's key: 1 to 512 UTF-8 bytes.</param>
/// <param name="AttemptId">The attempt that waits, as the lock's description names it.</param>
/// <param name="Reason">Why, for the waiter's caller and the log: 1 to 512 UTF-8 bytes.</param>
public sealed record CancelWaiterRequest(
    [property: Required] string? Key, [property: Required] Guid? AttemptId, [property: Required] string? Reason) : IWriteRequest
{
    /// <inheritdoc/>
    IEnumerable<ValidationError?> IWriteRequest.Checks() => [LockLimits.CheckAttemptId(AttemptId ?? Guid.Empty)];
}

/// <summary>What all writes have: the lock, and why.</summary>
internal interface IWriteRequest
{
    string? Key { get; }

    string? Reason { get; }

    /// <summary>What is wrong with the rest.</summary>
    IEnumerable<ValidationError?> Checks();
}
