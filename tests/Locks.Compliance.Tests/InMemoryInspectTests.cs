namespace Locks.Compliance.Tests;

/// <summary>The embedded default: one process, nothing else.</summary>
public sealed class InMemoryInspectTests : InspectCompliance
{
    protected override LockFixture NewFixture() => new InMemoryLockFixture();
}
