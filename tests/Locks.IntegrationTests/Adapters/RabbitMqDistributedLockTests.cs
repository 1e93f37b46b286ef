using Locks.Compliance.Adapters;
using Locks.IntegrationTests.Protocol;
using Xunit;

namespace Locks.IntegrationTests.Adapters;

/// <summary>What DistributedLock's abstractions promise, over RabbitMQ and PostgreSQL.</summary>
public sealed class RabbitMqDistributedLockTests(RabbitMqDistributedLockTests.RabbitMq subject)
    : DistributedLockCompliance(subject), IClassFixture<RabbitMqDistributedLockTests.RabbitMq>
{
    public sealed class RabbitMq() : LocksSubject(new RabbitMqLockFixture());
}
