namespace Locks.Coordinator.SqlServer;

/// <summary>The settings of the SQL Server store.</summary>
public sealed class SqlServerLockStoreOptions
{
    /// <summary>
    /// How long a statement may take before the store counts as unavailable. 1 s to 5 min, in whole seconds, default 10 s. A shorter time
    /// returns messages to the broker sooner when the database hangs; a longer one bridges a slow fail-over. The connection string's
    /// command timeout has no effect.
    /// </summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a statement of a migration may take. 1 s to 24 h, in whole seconds, default 5 min.</summary>
    public TimeSpan MigrationTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Checks that every value is in its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A value is out of range; the message names the option, its value and the range.
    /// </exception>
    public void Validate()
    {
        Require(CommandTimeout, TimeSpan.FromMinutes(5), nameof(CommandTimeout), "1 s to 5 min");
        Require(MigrationTimeout, TimeSpan.FromHours(24), nameof(MigrationTimeout), "1 s to 24 h");
    }

    private static void Require(TimeSpan value, TimeSpan most, string name, string range)
    {
        if (value < TimeSpan.FromSeconds(1) || value > most || value.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value:c}; it must be {range}, in whole seconds.");
    }
}
