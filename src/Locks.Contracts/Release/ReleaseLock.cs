namespace Locks.Contracts;

/// <summary>Gives a lock back. Answered with <see cref="LockReleased"/> or <see cref="LockNotHeld"/>.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="OwnerToken">The secret from <see cref="LockAcquired"/>.</param>
public sealed record ReleaseLock(string Key, string OwnerToken)
{
    /// <summary>Describes the request without its secret.</summary>
    public override string ToString() => $"{nameof(ReleaseLock)} {{ Key = {Key} }}";
}
