namespace Locks.Client.Shapes;

internal sealed class LockToken(ILockHandle? handle) : ILockToken
{
    public bool HasLock => Handle?.IsHeld ?? false;

    public ILockHandle? Handle { get; } = handle;

    public ValueTask DisposeAsync() => Handle?.DisposeAsync() ?? ValueTask.CompletedTask;

    public void Dispose() => Handle?.Dispose();
}
