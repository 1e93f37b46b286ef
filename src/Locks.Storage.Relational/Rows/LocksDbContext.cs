using Locks.Coordinator.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Locks.Storage.Relational;

/// <summary>
/// The stored locks as EF Core sees them: the model that the migrations are made from, and a way to read. Locks are written by
/// <see cref="Coordinator.Storage.ILockStore"/> alone, which checks versions, so saving from here throws.
/// </summary>
public abstract class LocksDbContext : DbContext
{
    /// <summary>
    /// The schema of the tables, of its own in the user's database. Fixed, because the statements of the hot path name it. SQLite has no
    /// schemas; there the file is the store's own.
    /// </summary>
    public const string Schema = "locks";

    /// <summary>The table in which EF Core lists the migrations that were applied, in the same schema.</summary>
    public const string MigrationsTable = "schema_migrations";

    private protected LocksDbContext(DbContextOptions options)
        : base(options) => ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;

    /// <summary>The locks.</summary>
    public DbSet<LockRow> Locks => Set<LockRow>();

    /// <summary>The attempts that wait for locks.</summary>
    public DbSet<LockWaiterRow> Waiters => Set<LockWaiterRow>();

    /// <summary>The leases that several locks share.</summary>
    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    /// <summary>Throws: locks are written through <see cref="Coordinator.Storage.ILockStore"/>.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override int SaveChanges(bool acceptAllChangesOnSuccess) => throw ReadOnly();

    /// <summary>Throws: locks are written through <see cref="Coordinator.Storage.ILockStore"/>.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        throw ReadOnly();

    /// <summary>Describes what the providers have in common; each adds its schema, its indexes and its column types.</summary>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        // There is no foreign key from a waiter to its lock. Waiters are written in the same statement as their lock's row and only if
        // that was accepted, and the purge deletes only free locks, which have none: a check of each waiter would cost a lookup and a row
        // lock to find nothing. No foreign key leads to a lease, either: a lease is deleted when no lock is left on it, and a waiter that
        // still names it then is denied.
        modelBuilder.Entity<LockRow>(row =>
        {
            Describe(row, LockColumns.Table, ("ck_locks_state",
                "(state = 'Free' AND holder_acquire_id IS NULL AND holder_released_at IS NULL) OR " +
                "(state IN ('Offered', 'Held') AND holder_acquire_id IS NOT NULL AND holder_released_at IS NULL) OR " +
                "(state = 'Cooling' AND holder_acquire_id IS NOT NULL AND holder_released_at IS NOT NULL)"));

            // For lists. A key never changes, so only a new lock and a purge write it.
            row.HasIndex(l => l.Key).HasDatabaseName("ix_locks_key");
        });
        modelBuilder.Entity<LockWaiterRow>(row =>
        {
            Describe(row, WaiterColumns.Table);

            // For the waiters of a lease that has ended. The lock comes behind the lease, so that the index alone tells which to look at; no
            // row of it is ever moved, because neither changes while the waiter waits. A waiter that names no lease is not in it.
            row.HasIndex(waiter => new { waiter.LeaseId, waiter.LockId }).HasDatabaseName("ix_lock_waiters_lease_id")
                .HasFilter("lease_id IS NOT NULL");
        });
        modelBuilder.Entity<LeaseRow>(row =>
        {
            Describe(row, LeaseColumns.Table, ("ck_leases_state",
                "(state = 'Active' AND expires_at IS NOT NULL AND ended_at IS NULL) OR " +
                "(state = 'Ending' AND expires_at IS NOT NULL AND ended_at IS NOT NULL) OR (state = 'Ended' AND ended_at IS NOT NULL)"));

            row.HasIndex(lease => lease.DueAt).HasDatabaseName("ix_leases_due_at").HasFilter("due_at IS NOT NULL");
            row.HasIndex(lease => lease.WrittenAt).HasDatabaseName("ix_leases_ended_since").HasFilter("state = 'Ended'");
        });
    }

    /// <summary>The secrets have no property in the row's class, and so become properties that only the model has.</summary>
    private static void Describe<TRow, TWrite>(
        EntityTypeBuilder<TRow> row, Table<TWrite> table, (string Name, string Condition)? constraint = null)
        where TRow : class
    {
        row.ToTable(table.Name, builder =>
        {
            if (constraint is var (name, condition))
                builder.HasCheckConstraint(name, condition);
        });

        row.HasKey([.. table.Keys.Select(column => column.PropertyName)]).HasName($"pk_{table.Name}");
        foreach (var (place, column) in table.Stored.Index())
        {
            var property = row.Property(column.PropertyType, column.PropertyName)
                .HasColumnName(column.Name).HasColumnOrder(place).IsRequired(column.IsRequired);
            if (column.Role == ColumnRole.Key)
                property.ValueGeneratedNever();
            if (column.Kind == ColumnKind.Duration)
                property.HasConversion(new MicrosecondsConverter());
        }
    }

    private static NotSupportedException ReadOnly() =>
        new("Locks are read through EF Core but written through ILockStore, which checks that nothing was changed meanwhile.");

    private sealed class MicrosecondsConverter() : ValueConverter<TimeSpan, long>(
        duration => Micros.Of(duration),
        micros => Micros.ToDuration(micros));
}
