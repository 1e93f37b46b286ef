using Locks.Compliance;
using Locks.Coordinator.Storage;

namespace Locks.Storage.Tests;

public sealed class InMemoryLockStoreTests : LockStoreCompliance
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => new(new InMemoryLockStore());
}
