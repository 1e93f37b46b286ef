namespace Locks.Compliance.Tests;

/// <summary>Everything that clients can do, in one process.</summary>
public sealed class InMemoryClientTests : ClientCompliance
{
    protected override LockFixture NewFixture() => new InMemoryLockFixture();
}
