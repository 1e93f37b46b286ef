namespace Locks.Contracts;

/// <summary>
/// Takes a lock from its holder: an operator's tool, which needs no owner token. The holder is notified at once with
/// <see cref="LockLost"/>, but may be in the middle of its work: only a resource that checks the fencing token is
/// safe from it. Answered with <see cref="LockRevoked"/> or <see cref="LockNotHeld"/>.
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="RevokeId">
/// The name of this revocation, chosen by the caller: a repeat with the same id does not hit the next holder. A new revocation needs a new
/// id.
/// </param>
/// <param name="By">The operator, for the holder and the log: 1 to 256 UTF-8 bytes.</param>
/// <param name="FencingToken">Revokes only this grant, and those that were granted together with it. Default: the current one.</param>
/// <param name="Reason">Why, for the holder and the log: 1 to 512 UTF-8 bytes. Default: not told.</param>
public sealed record RevokeLock(string Key, Guid RevokeId, string By, long? FencingToken = null, string? Reason = null);
