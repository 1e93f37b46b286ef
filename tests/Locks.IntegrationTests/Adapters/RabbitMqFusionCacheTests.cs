using Locks.Compliance.Adapters;
using Locks.Compliance.Adapters.FusionCache;
using Locks.IntegrationTests.Protocol;
using Xunit;

namespace Locks.IntegrationTests.Adapters;

/// <summary>Caches of FusionCache with the locker, over RabbitMQ and PostgreSQL.</summary>
public sealed class RabbitMqFusionCacheTests(RabbitMqFusionCacheTests.RabbitMq locks) : FusionCacheCompliance(locks), IClassFixture<RabbitMqFusionCacheTests.RabbitMq>
{
    public sealed class RabbitMq() : LocksSubject(new RabbitMqLockFixture());
}
