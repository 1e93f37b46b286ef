using Locks.Compliance;
using Locks.Compliance.Adapters;
using Locks.Compliance.Adapters.Hangfire;
using Xunit;

namespace Locks.Adapters.Tests.Hangfire;

/// <summary>Jobs of Hangfire under locks, in one process.</summary>
[Collection(OneAtATime)]
public sealed class InMemoryHangfireTests(InMemoryHangfireTests.InMemory locks) : HangfireCompliance(locks), IClassFixture<InMemoryHangfireTests.InMemory>
{
    /// <summary>Of the classes whose cases configure Hangfire, which a process does once.</summary>
    public const string OneAtATime = nameof(Hangfire);

    public sealed class InMemory() : LocksSubject(new InMemoryLockFixture());
}
