using Npgsql;

namespace Locks.Coordinator.PostgreSql;

/// <summary>The settings of the PostgreSQL store.</summary>
public sealed class PostgreSqlLockStoreOptions
{
    /// <summary>
    /// How long a statement may take before the store counts as unavailable. 1 s to 5 min, in whole seconds, default 10 s. A shorter time
    /// returns messages to the broker sooner when the database hangs; a longer one bridges a slow fail-over. The connection string's
    /// command timeout has no effect.
    /// </summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a statement of a migration may take. 1 s to 24 h, in whole seconds, default 5 min.</summary>
    public TimeSpan MigrationTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How a pooler between the store and PostgreSQL pools. <see langword="null"/>, the default, finds out at each new connection: where a
    /// pooler answers, it is taken to pool transactions, which works with one that pools sessions, too, but leaves statements unprepared.
    /// Set <see cref="PostgreSqlPoolMode.Session"/> for such a one, and <see cref="PostgreSqlPoolMode.Transaction"/> for one that is not
    /// found. A pooler that pools single statements does not work.
    /// </summary>
    public PostgreSqlPoolMode? PoolMode { get; set; }

    /// <summary>
    /// Configures what a connection string cannot say, such as passwords that rotate or client certificates. Called once for each of the
    /// store's two pools (commands, and reading through EF Core).
    /// </summary>
    public Action<NpgsqlDataSourceBuilder>? ConfigureDataSource { get; set; }

    /// <summary>Checks that every value is in its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A value is out of range; the message names the option, its value and the range.
    /// </exception>
    public void Validate()
    {
        Require(CommandTimeout, TimeSpan.FromMinutes(5), nameof(CommandTimeout), "1 s to 5 min");
        Require(MigrationTimeout, TimeSpan.FromHours(24), nameof(MigrationTimeout), "1 s to 24 h");
        if (PoolMode is { } mode && !Enum.IsDefined(mode))
            throw new ArgumentOutOfRangeException(nameof(PoolMode), mode, $"PoolMode is {mode}; it must be Session, Transaction or null.");
    }

    private static void Require(TimeSpan value, TimeSpan most, string name, string range)
    {
        if (value < TimeSpan.FromSeconds(1) || value > most || value.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value:c}; it must be {range}, in whole seconds.");
    }
}
