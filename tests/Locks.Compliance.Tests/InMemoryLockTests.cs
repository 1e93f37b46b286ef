namespace Locks.Compliance.Tests;

/// <summary>The embedded default: one process, nothing else.</summary>
public sealed class InMemoryLockTests : LockCompliance
{
    protected override LockFixture NewFixture() => new InMemoryLockFixture();
}
