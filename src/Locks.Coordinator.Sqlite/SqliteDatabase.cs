using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Locks.Coordinator.Sqlite;

/// <summary>
/// One database file, opened when it is used first. From then on no other store can use it, and everything that this one does goes over one
/// connection, one after the other.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable, IDisposable
{
    // EF Core's own lock is a row that a killed process leaves behind, and everyone would wait for it for ever. The ownership of the file is
    // the lock here, so a row that is there now is such a remnant.
    private const string DropAbandonedLock = "DROP TABLE IF EXISTS \"__EFMigrationsLock\"";

    private readonly SqliteLockStoreOptions _options;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private FileOwnership? _ownership;
    private SqliteSession? _session;
    private bool _isMigrated;
    private bool _isDisposed;

    public SqliteDatabase(string path, SqliteLockStoreOptions options)
    {
        _options = options;
        path = System.IO.Path.GetFullPath(path);
        Path = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path;
    }

    /// <summary>The file, as an absolute path.</summary>
    public string Path { get; }

    /// <summary>A context to read with.</summary>
    public SqliteLocksDbContext CreateContext() =>
        new(SqliteLocksDbContext.Options(ConnectionString(SqliteOpenMode.ReadOnly), _options.CommandTimeout));

    /// <summary>A context to change the tables with.</summary>
    public SqliteLocksDbContext CreateMigrationContext() =>
        new(SqliteLocksDbContext.Options(ConnectionString(SqliteOpenMode.ReadWriteCreate), _options.CommandTimeout));

    /// <summary>Opens the file, unless it is open.</summary>
    /// <exception cref="LockStoreUnavailableException">It can't be opened, or another store uses it.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => RunAsync(_ => Task.FromResult(true), cancellationToken);

    /// <summary>Runs work on the connection, after everything that came before it.</summary>
    /// <exception cref="LockStoreUnavailableException">SQLite could not serve it.</exception>
    public async Task<T> RunAsync<T>(Func<SqliteSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await work(await OpenAsync_NeedsGate(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception failure) when (SqliteErrors.MayPass(failure, Path, out var unavailable))
        {
            // The file may be another one when it is opened again: one that was restored, for example.
            CloseSession_NeedsGate();
            throw unavailable;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Brings the tables up to date.</summary>
    public Task MigrateAsync(LocksDbContext context, CancellationToken cancellationToken) => RunAsync(
        async _ =>
        {
            await MigrateAsync_NeedsGate(context, cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    public void Dispose()
    {
        _gate.Wait();
        Close_NeedsGate();
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        Close_NeedsGate();
    }

    private void Close_NeedsGate()
    {
        _isDisposed = true;
        CloseSession_NeedsGate();
        _ownership?.Dispose();
        _ownership = null;
        _gate.Release();
    }

    private void CloseSession_NeedsGate()
    {
        _session?.Dispose();
        _session = null;
    }

    private async Task<SqliteSession> OpenAsync_NeedsGate(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_session is not null)
            return _session;

        CreateFileIfMissing();
        _ownership ??= FileOwnership.Take(Path);
        if (_options.MigrateOnStart && !_isMigrated)
        {
            var context = CreateMigrationContext();
            await using var _ = context.ConfigureAwait(false);
            await MigrateAsync_NeedsGate(context, cancellationToken).ConfigureAwait(false);
            _isMigrated = true;
        }

        return _session = SqliteSession.Open(ConnectionString(SqliteOpenMode.ReadWriteCreate));
    }

    private static async Task MigrateAsync_NeedsGate(LocksDbContext context, CancellationToken cancellationToken)
    {
        await context.Database.ExecuteSqlRawAsync(DropAbandonedLock, cancellationToken).ConfigureAwait(false);
        await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
    }

    // The tokens of the holders are in it, so only its user can read it; SQLite gives the files beside it the same rights.
    private void CreateFileIfMissing()
    {
        const UnixFileMode UserFile = UnixFileMode.UserRead | UnixFileMode.UserWrite, UserFolder = UserFile | UnixFileMode.UserExecute;
        try
        {
            var folder = System.IO.Path.GetDirectoryName(Path)!;
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite };
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UserFolder);
                options.UnixCreateMode = UserFile;
            }

            if (!File.Exists(Path))
                new FileStream(Path, options).Dispose();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.CannotWrite(Path, failure);
        }
    }

    // Without a pool: a connection that is closed is to let go of the file.
    private string ConnectionString(SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = Path,
        Mode = mode,
        Pooling = false,
        DefaultTimeout = (int)_options.CommandTimeout.TotalSeconds,
    }.ConnectionString;
}
