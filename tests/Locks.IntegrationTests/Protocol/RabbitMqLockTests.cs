using Locks.Compliance;

namespace Locks.IntegrationTests.Protocol;

/// <summary>The cases that every transport and store must pass, on the real ones.</summary>
public sealed class RabbitMqLockTests : LockCompliance
{
    protected override LockFixture NewFixture() => new RabbitMqLockFixture();
}
