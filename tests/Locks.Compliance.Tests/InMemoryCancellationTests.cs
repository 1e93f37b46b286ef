namespace Locks.Compliance.Tests;

/// <summary>Giving up, in one process.</summary>
public sealed class InMemoryCancellationTests : CancellationCompliance
{
    protected override LockFixture NewFixture() => new InMemoryLockFixture();
}
