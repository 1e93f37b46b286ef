using Locks.Compliance;

namespace Locks.IntegrationTests.Protocol;

/// <summary>Everything that clients can do, over RabbitMQ and PostgreSQL.</summary>
public sealed class RabbitMqClientTests : ClientCompliance
{
    protected override LockFixture NewFixture() => new RabbitMqLockFixture();
}
