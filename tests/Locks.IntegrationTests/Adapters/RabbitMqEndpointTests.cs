using Locks.Compliance.Adapters;
using Locks.Compliance.Adapters.AspNetCore;
using Locks.IntegrationTests.Protocol;
using Xunit;

namespace Locks.IntegrationTests.Adapters;

/// <summary>Endpoints of ASP.NET Core under locks, over RabbitMQ and PostgreSQL.</summary>
public sealed class RabbitMqEndpointTests(RabbitMqEndpointTests.RabbitMq locks) : EndpointCompliance(locks), IClassFixture<RabbitMqEndpointTests.RabbitMq>
{
    public sealed class RabbitMq() : LocksSubject(new RabbitMqLockFixture());
}
