using Locks.Compliance;
using Locks.Compliance.Adapters;
using Locks.Compliance.Adapters.AspNetCore;
using Xunit;

namespace Locks.Adapters.Tests.AspNetCore;

/// <summary>Endpoints of ASP.NET Core under locks, in one process.</summary>
public sealed class InMemoryEndpointTests(InMemoryEndpointTests.InMemory locks) : EndpointCompliance(locks), IClassFixture<InMemoryEndpointTests.InMemory>
{
    public sealed class InMemory() : LocksSubject(new InMemoryLockFixture());
}
