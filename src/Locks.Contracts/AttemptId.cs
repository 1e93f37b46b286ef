namespace Locks.Contracts;

/// <summary>
/// Derives the public name of an attempt from its <see cref="AcquireLock.AcquireId"/>. Descriptions, logs and traces show the public name:
/// a sender that repeats a request with the acquire id gets the owner token of its grant, and the public name does not lead back to it.
/// </summary>
public static class AttemptId
{
    /// <summary>
    /// The attempt id of an attempt: the first 16 bytes of the SHA-256 of a fixed prefix and the acquire id, as a version 8 UUID (RFC 9562,
    /// section 5.8).
    /// </summary>
    /// <param name="acquireId">The id that the caller of the attempt chose.</param>
    /// <returns>The same id for the same attempt, everywhere and always.</returns>
    public static Guid Of(Guid acquireId) => PublicId.Of("locks:attempt-id:1:"u8, acquireId);
}
