namespace Locks.Coordinator.Storage;

/// <summary>
/// The clock of a store that several coordinators share. They all decide by it, so that it does not matter what their machines' clocks say. A
/// store that belongs to one process has none.
/// </summary>
internal interface IStoreTime
{
    /// <summary>Asks the store for its time: a moment between the call and its completion.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LockStoreUnavailableException">The store can't be reached, or did not answer in time.</exception>
    Task<DateTimeOffset> ReadAsync(CancellationToken cancellationToken);
}
