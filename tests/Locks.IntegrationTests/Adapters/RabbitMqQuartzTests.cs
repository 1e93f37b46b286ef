using Locks.Compliance.Adapters;
using Locks.Compliance.Adapters.Quartz;
using Locks.IntegrationTests.Protocol;
using Xunit;

namespace Locks.IntegrationTests.Adapters;

/// <summary>Jobs of Quartz.NET under locks, over RabbitMQ and PostgreSQL.</summary>
public sealed class RabbitMqQuartzTests(RabbitMqQuartzTests.RabbitMq locks) : QuartzCompliance(locks), IClassFixture<RabbitMqQuartzTests.RabbitMq>
{
    public sealed class RabbitMq() : LocksSubject(new RabbitMqLockFixture());
}
