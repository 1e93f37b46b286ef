namespace Locks.Client.Core.Leases;

internal sealed class LeasedLock(string key, ILockHandle? handle) : ILeasedLock
{
    public bool Acquired => Handle is not null;

    public string Key { get; } = key;

    public long FencingToken => Handle?.FencingToken ?? 0;

    public ILockHandle? Handle { get; } = handle;

    public ValueTask DisposeAsync() => Handle?.DisposeAsync() ?? ValueTask.CompletedTask;
}
