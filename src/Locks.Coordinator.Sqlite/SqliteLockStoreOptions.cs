namespace Locks.Coordinator.Sqlite;

/// <summary>The settings of the SQLite store.</summary>
public sealed class SqliteLockStoreOptions
{
    /// <summary>
    /// Whether the store creates its tables, and brings them up to date, when it is used first. Default <see langword="true"/>, unlike the
    /// other stores: a file that only one process can use has no administrator who would run the migration. With <see langword="false"/>
    /// only <see cref="Storage.ILockSchema.MigrateAsync"/> changes the tables, and the coordinator takes no request until it has run.
    /// </summary>
    public bool MigrateOnStart { get; set; } = true;

    /// <summary>
    /// How long a statement waits while another program, such as a backup or the <c>sqlite3</c> shell, keeps the file locked; after that the
    /// store counts as unavailable. 1 s to 5 min, in whole seconds, default 10 s.
    /// </summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Checks that every value is in its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A value is out of range; the message names the option, its value and the range.
    /// </exception>
    public void Validate()
    {
        if (CommandTimeout < TimeSpan.FromSeconds(1) || CommandTimeout > TimeSpan.FromMinutes(5)
            || CommandTimeout.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(CommandTimeout), CommandTimeout, $"CommandTimeout is {CommandTimeout:c}; it must be 1 s to 5 min, in whole seconds.");
        }
    }
}
