using Locks.Compliance;
using Locks.Compliance.Adapters;
using Xunit;

namespace Locks.Adapters.Tests.DistributedLock;

/// <summary>What DistributedLock's abstractions promise, in one process.</summary>
public sealed class InMemoryDistributedLockTests(InMemoryDistributedLockTests.InMemory subject)
    : DistributedLockCompliance(subject), IClassFixture<InMemoryDistributedLockTests.InMemory>
{
    public sealed class InMemory() : LocksSubject(new InMemoryLockFixture());
}
