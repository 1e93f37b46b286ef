using Locks.Compliance;
using Locks.Compliance.Adapters;
using Locks.Compliance.Adapters.Quartz;
using Xunit;

namespace Locks.Adapters.Tests.Quartz;

/// <summary>Jobs of Quartz.NET under locks, in one process.</summary>
public sealed class InMemoryQuartzTests(InMemoryQuartzTests.InMemory locks) : QuartzCompliance(locks), IClassFixture<InMemoryQuartzTests.InMemory>
{
    public sealed class InMemory() : LocksSubject(new InMemoryLockFixture());
}
