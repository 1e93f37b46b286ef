namespace Locks.Compliance.Tests;

/// <summary>One process with its locks in a file.</summary>
public sealed class SqliteLockTests : LockCompliance
{
    protected override LockFixture NewFixture() => new SqliteLockFixture();
}

/// <summary>Everything that clients can do, with the locks in a file.</summary>
public sealed class SqliteClientTests : ClientCompliance
{
    protected override LockFixture NewFixture() => new SqliteLockFixture();
}

/// <summary>Giving up, with the locks in a file.</summary>
public sealed class SqliteCancellationTests : CancellationCompliance
{
    protected override LockFixture NewFixture() => new SqliteLockFixture();
}

/// <summary>What clients see of locks, with the locks in a file.</summary>
public sealed class SqliteInspectTests : InspectCompliance
{
    protected override LockFixture NewFixture() => new SqliteLockFixture();
}
