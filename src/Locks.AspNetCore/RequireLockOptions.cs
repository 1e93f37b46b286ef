using Locks.Client;
using Locks.Contracts;
using Microsoft.AspNetCore.Http;

namespace Locks.AspNetCore;

/// <summary>How an endpoint holds its locks, and what it answers when a lock is busy.</summary>
public sealed record RequireLockOptions
{
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a request waits for a busy lock, in its queue, first in, first out: 0 to 24 h, default 0. It takes no thread meanwhile, and
    /// leaves the queue when its client goes away.
    /// </summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The status of the answer when the lock is busy: 409 (Conflict, the default), 423 (Locked), 429 or 503.</summary>
    public int BusyStatusCode { get; init; } = StatusCodes.Status409Conflict;

    /// <summary>
    /// When the client may try again, in the header <c>Retry-After</c> of answers without the work, in whole seconds: 1 s to 1 h, default 1 s.
    /// </summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The lock's lease: 100 ms to 24 h. Default: <see cref="LockClientOptions.DefaultLease"/>. It is renewed while the request is served, so
    /// it decides only how long a process that crashed keeps others waiting.
    /// </summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>
    /// How long a request may be served under its lock at most: its lease to 30 days. Default: no limit. Then the lock counts as lost, and is not
    /// renewed any more (<see cref="LockOptions.MaxHold"/>).
    /// </summary>
    public TimeSpan? MaxHold { get; init; }

    /// <summary>The lock's owner, for people: 1 to 256 UTF-8 bytes. Default: <see cref="LockClientOptions.Owner"/>.</summary>
    public string? Owner { get; init; }

    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and the range.</exception>
    internal void Validate()
    {
        if (Wait != TimeSpan.Zero)
            LockLimits.CheckWait(Wait)?.Throw(nameof(Wait));
        Require(BusyStatusCode is 409 or 423 or 429 or 503, nameof(BusyStatusCode), BusyStatusCode, "409, 423, 429 or 503");
        Require(
            RetryAfter >= TimeSpan.FromSeconds(1) && RetryAfter <= LongestRetryAfter, nameof(RetryAfter), RetryAfter,
            $"between {TimeSpan.FromSeconds(1):c} and {LongestRetryAfter:c}");
        CreateLockOptions().Validate();
    }

    internal LockOptions CreateLockOptions() => new() { AutoRenew = true, Lease = Lease, MaxHold = MaxHold, Owner = Owner };

    private static void Require(bool holds, string name, object value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(RequireLockOptions)}.{name} is '{value}'; it must be {range}.");
    }
}
