using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Saga;

/// <summary>The sagas that are worked on together: read as a set, driven one event after another, committed as a set.</summary>
internal sealed class LockUnitOfWork(ILockStore store, CoordinatorClock clock)
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

    /// <summary>Takes in the saga of a key that was never taken.</summary>
    public void Add(LockSaga saga) => _sagas.Add(saga.CorrelationId, saga);

    /// <summary>Stores every lock that has changed, durably.</summary>
    /// <exception cref="LockConflictException">Somebody else has changed one of them meanwhile. The others are stored.</exception>
    /// <exception cref="LockStoreUnavailableException">The store can't be reached; the locks may or may not be stored.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var writes = _sagas.Values.Where(saga => saga.HasChanged).Select(saga => ToWrite(saga, now)).ToList();
        _sagas.Clear();
        if (writes.Count == 0)
            return;

        var refused = await store.CommitAsync(writes, cancellationToken).ConfigureAwait(false);
        if (refused.Count > 0)
            throw new LockConflictException(refused);
    }

    private static string StateOf(LockState state) =>
        state.Holder is null ? nameof(LockStateMachine.Free) : nameof(LockStateMachine.Held);

    private static LockSaga ToSaga(StoredLock stored) => new()
    {
        CorrelationId = stored.Id,
        CurrentState = StateOf(stored.State),
        Version = stored.Version,
        ExpiryTokenId = stored.ExpiryTokenId,
        StoredExpiryTokenId = stored.ExpiryTokenId,
        Lock = stored.State,
    };

    private static LockWrite ToWrite(LockSaga saga, DateTimeOffset now)
    {
        if (saga.CurrentState != StateOf(saga.Lock))
            throw new LockInvariantException($"the state machine says {saga.CurrentState}, the lock is {StateOf(saga.Lock)}");

        return new LockWrite(
            saga.CorrelationId, saga.Version, LockWrite.VersionAfter(saga.Version, now), saga.Lock, saga.ExpiryTokenId, now,
            saga.Enqueued, saga.Dequeued);
    }
}
