using System.Text;

namespace Locks.Contracts;

/// <summary>The limits of every field, checked by the client before it sends and again by the coordinator before it decides.</summary>
public static class LockLimits
{
    /// <summary>The longest key, in UTF-8 bytes.</summary>
    public const int MaxKeyBytes = 512;

    /// <summary>The longest owner, in UTF-8 bytes.</summary>
    public const int MaxOwnerBytes = 256;

    /// <summary>The longest client session name, in UTF-8 bytes.</summary>
    public const int MaxClientIdBytes = 128;

    /// <summary>The longest owner token, in UTF-8 bytes.</summary>
    public const int MaxOwnerTokenBytes = 128;

    /// <summary>The most commands in one <see cref="LockCommands"/>.</summary>
    public const int MaxBatch = 1_024;

    /// <summary>The most locks or leases in one page of a list.</summary>
    public const int MaxPage = 500;

    /// <summary>How many locks or leases a page of a list has, where the query does not say.</summary>
    public const int DefaultPage = 100;

    /// <summary>The most waiters in one <see cref="LockDescription"/>.</summary>
    public const int MaxDescribedWaiters = 100;

    /// <summary>The longest reason of a revocation, in UTF-8 bytes.</summary>
    public const int MaxReasonBytes = 512;

    /// <summary>The shortest lease.</summary>
    public static readonly TimeSpan MinLease = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest lease. Longer work renews.</summary>
    public static readonly TimeSpan MaxLease = TimeSpan.FromHours(24);

    /// <summary>The shortest wait. A caller that does not want to wait at all asks without one.</summary>
    public static readonly TimeSpan MinWait = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromHours(24);

    /// <summary>The shortest interval of <see cref="ClientAlive"/>.</summary>
    public static readonly TimeSpan MinAliveInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest interval of <see cref="ClientAlive"/>: what a coordinator takes it for until it has heard from the client.
    /// </summary>
    public static readonly TimeSpan MaxAliveInterval = TimeSpan.FromSeconds(10);

    // Throws on what UTF-8 cannot represent instead of replacing it: two broken keys must not become one lock.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Checks a key: 1 to <see cref="MaxKeyBytes"/> UTF-8 bytes without U+0000.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckKey(string? key) => CheckText("Key", key, MaxKeyBytes);

    /// <summary>Checks an owner: 1 to <see cref="MaxOwnerBytes"/> UTF-8 bytes without U+0000.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckOwner(string? owner) => CheckText("Owner", owner, MaxOwnerBytes);

    /// <summary>
    /// Checks an owner token: 1 to <see cref="MaxOwnerTokenBytes"/> UTF-8 bytes. Its value is never repeated in the problem.
    /// </summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckOwnerToken(string? token) => CheckText("OwnerToken", token, MaxOwnerTokenBytes);

    /// <summary>Checks a client session name: absent, or 1 to <see cref="MaxClientIdBytes"/> UTF-8 bytes without U+0000.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckClientId(string? clientId) =>
        clientId is null ? null : CheckText("ClientId", clientId, MaxClientIdBytes);

    /// <summary>Checks the secret name of an attempt: any UUID but the empty one.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckAcquireId(Guid acquireId) =>
        acquireId == Guid.Empty ? new ValidationError("AcquireId", "is missing or empty; it must be a new UUID for each attempt") : null;

    /// <summary>Checks the public name of an attempt, as descriptions show it: any UUID but the empty one.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckAttemptId(Guid attemptId) =>
        attemptId == Guid.Empty
            ? new ValidationError("AttemptId", "is missing or empty; it must be that of a waiter, as a description shows it")
            : null;

    /// <summary>Checks a revocation's name: any UUID but the empty one.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckRevokeId(Guid revokeId) =>
        revokeId == Guid.Empty ? new ValidationError("RevokeId", "is missing or empty; it must be a new UUID for each revocation") : null;

    /// <summary>Checks a shared lease's name: any UUID but the empty one.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckLeaseId(Guid leaseId) =>
        leaseId == Guid.Empty ? new ValidationError("LeaseId", "is missing or empty; it must be the UUID of a lease") : null;

    /// <summary>Checks who revokes a lock: 1 to <see cref="MaxOwnerBytes"/> UTF-8 bytes without U+0000.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckBy(string? by) => CheckText("By", by, MaxOwnerBytes);

    /// <summary>
    /// Checks why an operator intervenes: absent, or 1 to <see cref="MaxReasonBytes"/> UTF-8 bytes without U+0000.
    /// </summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckReason(string? reason) => reason is null ? null : CheckText("Reason", reason, MaxReasonBytes);

    /// <summary>Checks the reason that a waiter is denied with, where it is given.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckDenyReason(string? reason) =>
        reason is null or DenyReasons.Cancelled or DenyReasons.Deadlock
            ? null
            : new ValidationError("DenyReason", $"is '{reason}'; it must be {DenyReasons.Cancelled} or {DenyReasons.Deadlock}");

    /// <summary>Checks what keys begin with: absent, or up to <see cref="MaxKeyBytes"/> UTF-8 bytes without U+0000.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckPrefix(string? prefix) =>
        string.IsNullOrEmpty(prefix) ? null : CheckText("Prefix", prefix, MaxKeyBytes);

    /// <summary>Checks the key that a page comes after: absent, or a key.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckAfter(string? after) => after is null ? null : CheckText("After", after, MaxKeyBytes);

    /// <summary>Checks the state to look for: absent, or one of <see cref="LockStates"/>.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckState(string? state) =>
        state is null or LockStates.Free or LockStates.Offered or LockStates.Held or LockStates.Cooling
            ? null
            : new ValidationError("State", "is no state of a lock; it must be Free, Offered, Held or Cooling");

    /// <summary>Checks how many items a page may have: 1 to <see cref="MaxPage"/>.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckLimit(int limit) =>
        limit is < 1 or > MaxPage
            ? new ValidationError("Limit", $"is {limit}; it must be between 1 and {MaxPage}") { IsOutOfRange = true }
            : null;

    /// <summary>Checks how long an attempt must have waited: absent, or 0 to <see cref="MaxWait"/>.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckWaitingLongerThan(TimeSpan? wait) =>
        wait is { } given ? CheckRange("WaitingLongerThan", given, TimeSpan.Zero, MaxWait, null) : null;

    /// <summary>Checks a lease: <see cref="MinLease"/> to <see cref="MaxLease"/>.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckLease(TimeSpan lease) => CheckRange("Lease", lease, MinLease, MaxLease, null);

    /// <summary>Checks a wait: absent, or <see cref="MinWait"/> to <see cref="MaxWait"/>.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckWait(TimeSpan? wait) =>
        wait is { } given ? CheckRange("Wait", given, MinWait, MaxWait, "; to not wait at all, try instead, without a wait") : null;

    /// <summary>Checks a shared lease's lifetime: <see cref="MinLease"/> to <see cref="MaxLease"/>.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckTtl(TimeSpan ttl) => CheckRange("Ttl", ttl, MinLease, MaxLease, null);

    /// <summary>Checks how long a released lock stays taken: absent, or up to <see cref="MaxLease"/>.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckCooldown(TimeSpan? cooldown) =>
        cooldown is { } given ? CheckRange("Cooldown", given, TimeSpan.Zero, MaxLease, null) : null;

    /// <summary>
    /// Checks the interval of <see cref="ClientAlive"/>: absent, or <see cref="MinAliveInterval"/> to <see cref="MaxAliveInterval"/>.
    /// </summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? CheckInterval(TimeSpan? interval) =>
        interval is { } given ? CheckRange("Interval", given, MinAliveInterval, MaxAliveInterval, null) : null;

    private static ValidationError? CheckRange(string field, TimeSpan value, TimeSpan least, TimeSpan most, string? advice) =>
        value < least || value > most
            ? new ValidationError(field, $"is {value:c}; it must be between {least:c} and {most:c}{advice}") { IsOutOfRange = true }
            : null;

    private static ValidationError? CheckText(string field, string? text, int maxBytes)
    {
        if (string.IsNullOrEmpty(text))
            return new ValidationError(field, $"is missing or empty; it must have 1 to {maxBytes} UTF-8 bytes");

        int bytes;
        try
        {
            bytes = StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return new ValidationError(field, "holds half of a surrogate pair, which UTF-8 cannot represent; use well-formed text");
        }

        if (bytes > maxBytes)
            return new ValidationError(field, $"has {bytes} UTF-8 bytes; the limit is {maxBytes}");

        return text.Contains('\0', StringComparison.Ordinal)
            ? new ValidationError(field, "holds the character U+0000, which the databases behind the lock cannot store")
            : null;
    }
}
