using Locks.Compliance.Adapters;
using Locks.Compliance.Adapters.Hangfire;
using Locks.IntegrationTests.Protocol;
using Xunit;

namespace Locks.IntegrationTests.Adapters;

/// <summary>Jobs of Hangfire under locks, over RabbitMQ and PostgreSQL.</summary>
public sealed class RabbitMqHangfireTests(RabbitMqHangfireTests.RabbitMq locks) : HangfireCompliance(locks), IClassFixture<RabbitMqHangfireTests.RabbitMq>
{
    public sealed class RabbitMq() : LocksSubject(new RabbitMqLockFixture());
}
