using Medallion.Threading;

namespace Locks.Compliance.Adapters;

/// <summary>An implementation of DistributedLock's abstractions that the cases run against.</summary>
public interface IDistributedLockSubject
{
    /// <summary>The provider, always the same.</summary>
    IDistributedLockProvider Provider { get; }

    /// <summary>Has the one lock that is held get lost: its holder has it no more, and did not dispose of it.</summary>
    /// <param name="name">The name that the lock was created by.</param>
    Task LoseAsync(string name);
}
