using Locks.Coordinator.Storage;
using MassTransit;

namespace Locks.Coordinator.Saga.Repository;

/// <summary>The sagas of one kind that are worked on together: read, driven one event after another, and committed as a set.</summary>
internal interface IUnitOfWork<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>Reads a saga; absent when it was never stored.</summary>
    Task<TSaga?> LoadAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Takes in a saga that was never stored.</summary>
    void Add(TSaga saga);

    /// <summary>Stores every saga that has changed, durably.</summary>
    /// <exception cref="LockConflictException">Somebody else has changed one of them meanwhile. The others are stored.</exception>
    /// <exception cref="LockStoreUnavailableException">The store can't be reached; the changes may or may not be stored.</exception>
    Task CommitAsync(CancellationToken cancellationToken);
}
