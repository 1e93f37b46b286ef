using Locks.Compliance;

namespace Locks.IntegrationTests.Protocol;

/// <summary>Giving up, over RabbitMQ and PostgreSQL.</summary>
public sealed class RabbitMqCancellationTests : CancellationCompliance
{
    protected override LockFixture NewFixture() => new RabbitMqLockFixture();
}
