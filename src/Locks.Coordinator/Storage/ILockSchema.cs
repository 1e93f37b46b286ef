namespace Locks.Coordinator.Storage;

/// <summary>The tables that a store keeps locks in. Nothing changes them but a call of <see cref="MigrateAsync"/>.</summary>
public interface ILockSchema
{
    /// <summary>
    /// Brings the tables to the form that this version needs, and the database into being where it is missing. Does nothing when that is
    /// done already; several processes may call it at once.
    /// </summary>
    /// <param name="cancellationToken">Gives up; a migration that was under way is rolled back.</param>
    /// <exception cref="LockStoreUnavailableException">The store can't be reached.</exception>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Whether the tables have at least the form that this version needs. A newer form counts as current.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns><see langword="false"/> when they, or the whole database, are missing or old.</returns>
    /// <exception cref="LockStoreUnavailableException">The store can't be reached.</exception>
    Task<bool> IsCurrentAsync(CancellationToken cancellationToken);
}
