using Locks.Compliance;
using Locks.Coordinator.Storage;

namespace Locks.Storage.Tests;

public sealed class InMemoryLockStoreTests : LockStoreCompliance
{
    protected override ValueTask<ILockStore> EmptyStoreAsync() => new(new InMemoryLockStore());
}
