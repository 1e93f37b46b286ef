using System.Transactions;
using Locks.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Locks.EntityFrameworkCore;

/// <summary>
/// Fences everything that a lock guards in a database, in any number of rows and tables, through one row for the lock's key.
/// </summary>
public static class LockFenceExtensions
{
    /// <summary>Adds the table of fences to a model; a migration then creates it.</summary>
    /// <param name="modelBuilder">From <c>OnModelCreating</c>.</param>
    /// <returns>
    /// The entity, to give its table and columns other names than <c>LockFences</c>, <c>Id</c>, <c>Key</c> and <c>Token</c>.
    /// </returns>
    public static EntityTypeBuilder<LockFence> AddLockFences(this ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        var fence = modelBuilder.Entity<LockFence>().ToTable("LockFences");
        fence.Property(f => f.Id).ValueGeneratedNever();
        fence.Property(f => f.Key).HasMaxLength(LockLimits.MaxKeyBytes);
        return fence;
    }

    /// <summary>
    /// Ties the current transaction to a grant of a lock: throws if the key has seen a higher fencing token, and makes transactions of
    /// other grants wait until this one ends. Raise the fence first; then read, and write.
    /// </summary>
    /// <remarks>
    /// An equal token is accepted: it is the same grant, which may have any number of transactions. Raise several fences in one transaction
    /// in the same order everywhere, or the database ends one of two transactions that wait for each other.
    /// </remarks>
    /// <param name="db">A context with <see cref="AddLockFences"/> in its model and a transaction, on PostgreSQL or SQL Server.</param>
    /// <param name="key">The lock's key: 1 to 512 UTF-8 bytes, compared ordinally.</param>
    /// <param name="fencingToken">The token of the lock that the caller holds: 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The key or the token breaks a limit; the message names it.</exception>
    /// <exception cref="StaleFencingTokenException">The key has seen a higher token. Roll back.</exception>
    /// <exception cref="InvalidOperationException">There is no transaction, or <see cref="LockFence"/> is not in the model.</exception>
    /// <exception cref="NotSupportedException">The context is on another database.</exception>
    public static async Task RaiseFenceAsync(
        this DbContext db, string key, long fencingToken, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        LockLimits.CheckKey(key)?.Throw(nameof(key));
        FencingInput.CheckToken(fencingToken)?.Throw(nameof(fencingToken));
        var raise = RaiseFenceStatement.For(db);
        if (!HasTransaction(db.Database))
        {
            throw new InvalidOperationException(
                "RaiseFenceAsync needs a transaction: begin one, raise the fence, write, commit. "
                + "Otherwise nothing ties the writes to the check.");
        }

        var id = LockKey.ToId(key);
        if (await db.Database.ExecuteSqlRawAsync(raise, [id, key, fencingToken], cancellationToken).ConfigureAwait(false) > 0)
            return;

        var highest = await db.Set<LockFence>().Where(fence => fence.Id == id).Select(fence => fence.Token).SingleAsync(cancellationToken)
            .ConfigureAwait(false);
        throw new StaleFencingTokenException(key, fencingToken, highest);
    }

    private static bool HasTransaction(DatabaseFacade database) =>
        database.CurrentTransaction is not null || database.GetEnlistedTransaction() is not null || Transaction.Current is not null;
}
