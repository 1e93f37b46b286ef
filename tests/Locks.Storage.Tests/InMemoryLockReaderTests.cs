using Locks.Compliance;
using Locks.Coordinator.Storage;

namespace Locks.Storage.Tests;

public sealed class InMemoryLockReaderTests : LockReaderCompliance
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => new(new InMemoryLockStore());
}
