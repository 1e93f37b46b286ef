using Locks.Compliance;

namespace Locks.IntegrationTests.Protocol;

/// <summary>What clients see of locks, on the real broker and store.</summary>
public sealed class RabbitMqInspectTests : InspectCompliance
{
    protected override LockFixture NewFixture() => new RabbitMqLockFixture();
}
