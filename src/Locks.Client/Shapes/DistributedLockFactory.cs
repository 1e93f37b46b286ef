using Locks.Contracts;

namespace Locks.Client.Shapes;

internal sealed class DistributedLockFactory(ILockClient client) : IDistributedLockFactory
{
    public IKeyedLock CreateLock(string key, TimeSpan expiry)
    {
        LockLimits.CheckKey(key)?.Throw(nameof(key));
        LockLimits.CheckLease(expiry)?.Throw(nameof(expiry));
        return new KeyedLock(client, key, expiry);
    }
}
