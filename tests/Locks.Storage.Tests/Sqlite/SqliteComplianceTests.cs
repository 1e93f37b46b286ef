using Locks.Compliance;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Storage.Tests.Sqlite;

public sealed class SqliteLockStoreComplianceTests : LockStoreCompliance
{
    private readonly SqliteFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private protected override ValueTask<ILockStore> EmptyStoreAsync() => new(_folder.Open().GetRequiredService<ILockStore>());
}

public sealed class SqliteLeaseStoreComplianceTests : LeaseStoreCompliance
{
    private readonly SqliteFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private protected override ValueTask<ILockStore> EmptyStoreAsync() => new(_folder.Open().GetRequiredService<ILockStore>());
}

public sealed class SqliteLockReaderComplianceTests : LockReaderCompliance
{
    private readonly SqliteFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private protected override ValueTask<ILockStore> EmptyStoreAsync() => new(_folder.Open().GetRequiredService<ILockStore>());
}
