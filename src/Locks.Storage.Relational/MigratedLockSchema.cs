using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Locks.Storage.Relational;

/// <summary>The tables of a relational store. EF Core's migrations create and change them, one process at a time.</summary>
internal abstract class MigratedLockSchema(TimeProvider time) : ILockSchema
{
    // Another process makes a database in a second or two, and several may queue for it.
    private const int CreateAttempts = 60;
    private static readonly TimeSpan CreateInterval = TimeSpan.FromMilliseconds(500);

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PrepareAsync(cancellationToken).ConfigureAwait(false);
            var context = CreateMigrationContext();
            await using var _ = context.ConfigureAwait(false);
            await CreateDatabaseIfMissingAsync(context, cancellationToken).ConfigureAwait(false);
            await CheckDatabaseAsync(cancellationToken).ConfigureAwait(false);
            await MigrateAloneAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (MayPass(failure, out var unavailable))
        {
            throw unavailable;
        }
    }

    public async Task<bool> IsCurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PrepareAsync(cancellationToken).ConfigureAwait(false);
            var context = CreateContext();
            await using var _ = context.ConfigureAwait(false);
            if ((await context.Database.GetPendingMigrationsAsync(cancellationToken).ConfigureAwait(false)).Any())
                return false;

            await CheckDatabaseAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (MayPass(failure, out var unavailable))
        {
            throw unavailable;
        }
    }

    /// <summary>Does what has to be done before a context can be used.</summary>
    protected virtual Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Checks that the database, which is there, can run the store's statements.</summary>
    /// <exception cref="LockStoreUnavailableException">It can't, until an administrator changes it.</exception>
    protected virtual Task CheckDatabaseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A context to read with.</summary>
    protected abstract LocksDbContext CreateContext();

    /// <summary>A context whose statements may take as long as a migration may.</summary>
    protected abstract LocksDbContext CreateMigrationContext();

    /// <summary>
    /// Brings the tables up to date while no other process does. EF Core takes a lock for that, as far as the database has one.
    /// </summary>
    protected virtual Task MigrateAloneAsync(LocksDbContext context, CancellationToken cancellationToken) =>
        context.Database.MigrateAsync(cancellationToken);

    /// <summary>Whether a failure is one of the infrastructure's that may pass, and the exception that says so.</summary>
    protected abstract bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable);

    /// <summary>Whether a database could not be created because another process is making it, or another one, or has made it.</summary>
    protected abstract bool IsBeingCreatedByAnother(Exception failure);

    // EF Core does this, too, but fails when another process was quicker; only what comes after is under its lock.
    private async Task CreateDatabaseIfMissingAsync(LocksDbContext context, CancellationToken cancellationToken)
    {
        var creator = context.GetService<IRelationalDatabaseCreator>();
        for (var attempt = 1; !await creator.ExistsAsync(cancellationToken).ConfigureAwait(false); attempt++)
        {
            try
            {
                await creator.CreateAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception raced) when (attempt < CreateAttempts && IsBeingCreatedByAnother(raced))
            {
                await Task.Delay(CreateInterval, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
