using System.Collections.Immutable;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga.Repository;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Saga;

/// <summary>The locks that are worked on together.</summary>
internal sealed class LockUnitOfWork(ILockStore store, CoordinatorClock clock) : IUnitOfWork<LockSaga>
{
    private readonly Dictionary<Guid, LockSaga> _sagas = [];

    /// <summary>Reads a saga; absent when its key was never taken.</summary>
    public async Task<LockSaga?> LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        if (_sagas.TryGetValue(id, out var known))
            return known;

        var stored = await store.LoadAsync([id], cancellationToken).ConfigureAwait(false);
        return stored.Count == 0 ? null : _sagas[id] = ToSaga(stored[0]);
    }

    /// <summary>Reads a set of sagas, none of which was read before.</summary>
    /// <returns>Those whose keys were ever taken.</returns>
    public async Task<IReadOnlyList<LockSaga>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var stored = await store.LoadAsync(ids, cancellationToken).ConfigureAwait(false);
        return [.. stored.Select(found => _sagas[found.Id] = ToSaga(found))];
    }

    /// <summary>Takes in the saga of a key that was never taken.</summary>
    public void Add(LockSaga saga) => _sagas.Add(saga.CorrelationId, saga);

    /// <inheritdoc/>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        var refused = await TryCommitAsync(cancellationToken).ConfigureAwait(false);
        if (refused.Count > 0)
            throw new LockConflictException(refused);
    }

    /// <summary>Stores every lock that has changed, durably.</summary>
    /// <returns>Those that were not stored because somebody else has changed them meanwhile.</returns>
    /// <exception cref="LockStoreUnavailableException">The store can't be reached; the locks may or may not be stored.</exception>
    public async Task<IReadOnlySet<Guid>> TryCommitAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var writes = _sagas.Values.Where(saga => saga.HasChanged).Select(saga => ToWrite(saga, now)).ToList();
        _sagas.Clear();
        return writes.Count == 0
            ? ImmutableHashSet<Guid>.Empty
            : await store.CommitAsync(writes, cancellationToken).ConfigureAwait(false);
    }

    private static string StateOf(LockState state) =>
        state.Holder is null ? nameof(LockStateMachine.Free) : nameof(LockStateMachine.Held);

    internal static LockSaga ToSaga(StoredLock stored) => new()
    {
        CorrelationId = stored.Id,
        CurrentState = StateOf(stored.State),
        Version = stored.Version,
        ExpiryTokenId = stored.ExpiryTokenId,
        StoredExpiryTokenId = stored.ExpiryTokenId,
        StoredFence = stored.State.LastFence,
        Lock = stored.State,
    };

    internal static LockWrite ToWrite(LockSaga saga, DateTimeOffset now)
    {
        if (saga.CurrentState != StateOf(saga.Lock))
            throw new LockInvariantException($"the state machine says {saga.CurrentState}, the lock is {StateOf(saga.Lock)}");

        return new LockWrite(
            saga.CorrelationId, saga.Version, LockWrite.VersionAfter(saga.Version, now), saga.Lock, saga.ExpiryTokenId, now,
            saga.Enqueued, saga.Dequeued, saga.AttachesTo);
    }
}
