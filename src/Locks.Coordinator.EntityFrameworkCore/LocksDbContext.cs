using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>
/// The stored locks as EF Core sees them: the model that the migrations are made from, and a way to read. Locks are written by
/// <see cref="Storage.ILockStore"/> alone, which checks versions, so saving from here is refused.
/// </summary>
public abstract class LocksDbContext : DbContext
{
    /// <summary>The schema of the tables, of its own in the user's database. Fixed, because the statements of the hot path name it.</summary>
    public const string Schema = "locks";

    /// <summary>The table in which EF Core notes the migrations that were applied, in the same schema.</summary>
    public const string MigrationsTable = "schema_migrations";

    private protected LocksDbContext(DbContextOptions options)
        : base(options) => ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;

    /// <summary>The locks.</summary>
    public DbSet<LockRow> Locks => Set<LockRow>();

    /// <summary>Who waits for them.</summary>
    public DbSet<LockWaiterRow> Waiters => Set<LockWaiterRow>();

    /// <summary>The shared leases.</summary>
    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    /// <summary>Refuses.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override int SaveChanges(bool acceptAllChangesOnSuccess) => throw ReadOnly();

    /// <summary>Refuses.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        throw ReadOnly();

    /// <summary>Describes what both providers have in common; each adds its column types.</summary>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<LockRow>(Describe);
        modelBuilder.Entity<LockWaiterRow>(Describe);
        modelBuilder.Entity<LeaseRow>(Describe);
    }

    private static void Describe(EntityTypeBuilder<LockRow> row)
    {
        row.ToTable("locks", table => table.HasCheckConstraint(
            "ck_locks_state",
            "(state = 'Held' AND holder_acquire_id IS NOT NULL) OR (state = 'Free' AND holder_acquire_id IS NULL)"));

        row.HasKey(l => l.Id).HasName("pk_locks");
        row.Property(l => l.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(l => l.Key).HasColumnName("key");
        row.Property(l => l.State).HasColumnName("state");
        row.Property(l => l.Version).HasColumnName("version");
        row.Property(l => l.LastFence).HasColumnName("last_fence");
        row.Property(l => l.LastTicket).HasColumnName("last_ticket");
        row.Property(l => l.HolderAcquireId).HasColumnName("holder_acquire_id");
        row.Property(l => l.HolderOwner).HasColumnName("holder_owner");
        row.Property<string?>(Columns.HolderToken).HasColumnName("holder_token");
        row.Property(l => l.HolderLease).HasColumnName("holder_lease").HasConversion<MicrosecondsConverter>();
        row.Property(l => l.HolderGrantedAt).HasColumnName("holder_granted_at");
        row.Property(l => l.HolderExpiresAt).HasColumnName("holder_expires_at");
        row.Property(l => l.HolderConfirmed).HasColumnName("holder_confirmed");
        row.Property(l => l.HolderClientId).HasColumnName("holder_client_id");
        row.Property(l => l.HolderSharedLeaseId).HasColumnName("holder_shared_lease_id");
        row.Property(l => l.HolderTellAddress).HasColumnName("holder_tell_address");
        row.Property(l => l.HolderTellRequestId).HasColumnName("holder_tell_request_id");
        row.Property(l => l.HolderReleasedAt).HasColumnName("holder_released_at");
        row.Property<byte[]?>(Columns.HolderCohort).HasColumnName("holder_cohort");
        row.Property(l => l.DueAt).HasColumnName("due_at");
        row.Property(l => l.ExpiryTokenId).HasColumnName("expiry_token_id");
        row.Property<byte[]?>(Columns.Ended).HasColumnName("ended");
        row.Property(l => l.WrittenAt).HasColumnName("written_at");
    }

    // There is no foreign key to the lock. Waiters are written in the same statement as their lock's row and only if that was accepted, and
    // the purge deletes only free locks, which have none: a check of each waiter would cost a lookup and a row lock to find nothing.
    private static void Describe(EntityTypeBuilder<LockWaiterRow> row)
    {
        row.ToTable("lock_waiters");

        row.HasKey(w => new { w.LockId, w.Ticket }).HasName("pk_lock_waiters");
        row.Property(w => w.LockId).HasColumnName("lock_id").ValueGeneratedNever();
        row.Property(w => w.Ticket).HasColumnName("ticket").ValueGeneratedNever();
        row.Property(w => w.AcquireId).HasColumnName("acquire_id");
        row.Property(w => w.Owner).HasColumnName("owner");
        row.Property<string>(Columns.Token).HasColumnName("token").IsRequired();
        row.Property(w => w.Lease).HasColumnName("lease").HasConversion<MicrosecondsConverter>();
        row.Property(w => w.QueuedAt).HasColumnName("queued_at");
        row.Property(w => w.Deadline).HasColumnName("deadline");
        row.Property(w => w.ClientId).HasColumnName("client_id");
        row.Property(w => w.ReplyAddress).HasColumnName("reply_address");
        row.Property(w => w.ReplyRequestId).HasColumnName("reply_request_id");
        row.Property(w => w.SharedLeaseId).HasColumnName("shared_lease_id");
        row.Property(w => w.MayJoinCohort).HasColumnName("may_join_cohort").HasDefaultValue(false);
    }

    // No foreign key leads here, either: a lease is forgotten when no lock is left on it, and a waiter that still names it then is denied.
    private static void Describe(EntityTypeBuilder<LeaseRow> row)
    {
        row.ToTable("leases", table => table.HasCheckConstraint(
            "ck_leases_state",
            "(state = 'Active' AND expires_at IS NOT NULL AND ended_at IS NULL) OR " +
            "(state = 'Ending' AND expires_at IS NOT NULL AND ended_at IS NOT NULL) OR (state = 'Ended' AND ended_at IS NOT NULL)"));

        row.HasKey(l => l.Id).HasName("pk_leases");
        row.Property(l => l.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(l => l.State).HasColumnName("state");
        row.Property(l => l.Version).HasColumnName("version");
        row.Property(l => l.Owner).HasColumnName("owner");
        row.Property(l => l.ClientId).HasColumnName("client_id");
        row.Property(l => l.Ttl).HasColumnName("ttl").HasConversion<MicrosecondsConverter>();
        row.Property(l => l.GrantedAt).HasColumnName("granted_at");
        row.Property(l => l.ExpiresAt).HasColumnName("expires_at");
        row.Property(l => l.TellAddress).HasColumnName("tell_address");
        row.Property(l => l.TellRequestId).HasColumnName("tell_request_id");
        row.Property(l => l.EndReason).HasColumnName("end_reason");
        row.Property(l => l.EndedBy).HasColumnName("ended_by");
        row.Property(l => l.EndedAt).HasColumnName("ended_at");
        row.Property(l => l.DueAt).HasColumnName("due_at");
        row.Property(l => l.DueTokenId).HasColumnName("due_token_id");
        row.Property(l => l.WrittenAt).HasColumnName("written_at");

        row.HasIndex(l => l.DueAt).HasDatabaseName("ix_leases_due_at").HasFilter("due_at IS NOT NULL");
        row.HasIndex(l => l.WrittenAt).HasDatabaseName("ix_leases_ended_since").HasFilter("state = 'Ended'");
    }

    private static NotSupportedException ReadOnly() =>
        new("Locks are read through EF Core but written through ILockStore, which checks that nothing was changed meanwhile.");

    /// <summary>The names of the properties that only the model has.</summary>
    internal static class Columns
    {
        public const string HolderToken = "HolderToken";
        public const string HolderCohort = "HolderCohort";
        public const string Token = "Token";
        public const string Ended = "Ended";
    }

    private sealed class MicrosecondsConverter() : ValueConverter<TimeSpan, long>(
        lease => Micros.Of(lease),
        micros => Micros.ToLease(micros));
}
