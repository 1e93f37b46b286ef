using Locks.Compliance;
using Locks.Compliance.Adapters;
using Locks.Compliance.Adapters.FusionCache;
using Xunit;

namespace Locks.Adapters.Tests.FusionCache;

/// <summary>Caches of FusionCache with the locker, in one process.</summary>
public sealed class InMemoryFusionCacheTests(InMemoryFusionCacheTests.InMemory locks) : FusionCacheCompliance(locks), IClassFixture<InMemoryFusionCacheTests.InMemory>
{
    public sealed class InMemory() : LocksSubject(new InMemoryLockFixture());
}
