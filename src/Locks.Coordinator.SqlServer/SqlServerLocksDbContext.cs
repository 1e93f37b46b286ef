using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Locks.Coordinator.SqlServer;

/// <summary>The stored locks in SQL Server.</summary>
public sealed class SqlServerLocksDbContext : LocksDbContext
{
    internal SqlServerLocksDbContext(DbContextOptions<SqlServerLocksDbContext> options)
        : base(options)
    {
    }

    internal static DbContextOptions<SqlServerLocksDbContext> Options(string connectionString, TimeSpan commandTimeout) =>
        new DbContextOptionsBuilder<SqlServerLocksDbContext>()
            .UseSqlServer(connectionString, server => server
                .MigrationsHistoryTable(MigrationsTable, Schema)
                .CommandTimeout((int)commandTimeout.TotalSeconds))
            .Options;

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<string>().UseCollation(SqlServerColumns.Ordinal);
        configurationBuilder.Properties<DateTimeOffset>().HavePrecision(SqlServerColumns.TimePrecision);
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasDefaultSchema(Schema);

        modelBuilder.Entity<LockRow>(row =>
        {
            BoundTexts(row, LockColumns.Table.Stored);

            // For the sweeper, and for the purge: each holds only the rows that it may find.
            row.HasIndex(l => l.DueAt).HasDatabaseName("ix_locks_due_at").HasFilter("due_at IS NOT NULL");
            row.HasIndex(l => l.WrittenAt).HasDatabaseName("ix_locks_idle_since").HasFilter("state = 'Free'");

            // For the locks on a lease. What is due on them is in it but not in its order: see SqlServerLeaseStatements.FindLocks.
            row.HasIndex(l => l.HolderLeaseId).HasDatabaseName("ix_locks_holder_lease_id")
                .HasFilter("holder_lease_id IS NOT NULL").IncludeProperties(l => l.DueAt);
        });
        modelBuilder.Entity<LockWaiterRow>(row => BoundTexts(row, WaiterColumns.Table.Stored));
        modelBuilder.Entity<LeaseRow>(row => BoundTexts(row, LeaseColumns.Table.Stored));
    }

    // The limits count UTF-8 bytes, of which a text never has fewer than UTF-16 units.
    private static void BoundTexts<TRow>(EntityTypeBuilder<TRow> row, IEnumerable<Column> columns)
        where TRow : class
    {
        foreach (var column in columns.Where(column => column.MaxLength is not null))
            row.Property(column.PropertyName).HasMaxLength(column.MaxLength!.Value).IsUnicode(column.Kind != ColumnKind.Code);
    }

    /// <summary>Lets dotnet-ef generate migrations, for which it needs no server.</summary>
    internal sealed class Factory : IDesignTimeDbContextFactory<SqlServerLocksDbContext>
    {
        public SqlServerLocksDbContext CreateDbContext(string[] args) =>
            new(Options("Server=localhost;Database=locks", TimeSpan.FromSeconds(30)));
    }
}
