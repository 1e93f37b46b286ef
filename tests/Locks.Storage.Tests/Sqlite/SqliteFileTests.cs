using Locks.Coordinator.Domain;
using Locks.Coordinator.Sqlite;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;
using static Locks.Compliance.SampleLocks;

namespace Locks.Storage.Tests.Sqlite;

/// <summary>What may happen to the file, and who may use it.</summary>
public sealed class SqliteFileTests : IAsyncDisposable
{
    private readonly SqliteFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task TheStore_MakesFolderFileAndTables_WhenItIsUsedFirst()
    {
        await using var services = _folder.Open();

        Assert.Empty(await CommitAsync(services, Insert(Held())));

        Assert.True(await services.GetRequiredService<ILockSchema>().IsCurrentAsync(Cancel));
    }

    [Fact]
    public async Task TheSchema_IsCurrent_OnceTheStoreIsOpen()
    {
        await using var services = _folder.Open();

        Assert.True(await services.GetRequiredService<ILockSchema>().IsCurrentAsync(Cancel));
        Assert.Empty(await CommitAsync(services, Insert(Held())));
    }

    [Fact]
    public async Task WithoutMigrateOnStart_OnlyAMigrationMakesTheTables()
    {
        await using var services = _folder.Open(options => options.MigrateOnStart = false);
        var schema = services.GetRequiredService<ILockSchema>();

        Assert.False(await schema.IsCurrentAsync(Cancel));
        var missing = await Assert.ThrowsAsync<LockStoreUnavailableException>(() => CommitAsync(services, Insert(Held())));
        Assert.Contains("run the migration", missing.Message, StringComparison.Ordinal);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => schema.MigrateAsync(Cancel), Cancel)));
        Assert.True(await schema.IsCurrentAsync(Cancel));
        Assert.Empty(await CommitAsync(services, Insert(Held())));
    }

    [Fact]
    public async Task ASecondStore_IsRefused_WithTheFileAndTheRemedy_UntilTheFirstHasEnded()
    {
        var state = Held();
        await using var first = _folder.Open();
        await CommitAsync(first, Insert(state));
        await using var second = _folder.Open();

        var refused = await Assert.ThrowsAsync<LockStoreUnavailableException>(() => LoadAsync(second, state.Key));
        await Assert.ThrowsAsync<LockStoreUnavailableException>(() => second.GetRequiredService<ILockSchema>().IsCurrentAsync(Cancel));
        await Assert.ThrowsAsync<LockStoreUnavailableException>(() => second.GetRequiredService<ILockSchema>().MigrateAsync(Cancel));
        Assert.Contains($"'{_folder.Path}' is used by another process", refused.Message, StringComparison.Ordinal);
        Assert.Contains("stop the other one", refused.Message, StringComparison.Ordinal);

        await first.DisposeAsync();
        Assert.NotNull(await LoadAsync(second, state.Key));
    }

    [Fact]
    public async Task AFileByAnotherName_IsTheSameFile()
    {
        await using var first = _folder.Open();
        await CommitAsync(first, Insert(Held()));
        var link = _folder.Path + "-by-another-name";
        File.CreateSymbolicLink(link, _folder.Path);
        await using var second = new SqliteDatabase(link, new SqliteLockStoreOptions());

        await Assert.ThrowsAsync<LockStoreUnavailableException>(() => second.OpenAsync(Cancel));
    }

    [Fact]
    public async Task ALockThatAMigrationLeftBehindWhenItWasKilled_HoldsUpNoProcess()
    {
        await using (var first = _folder.Open())
            await CommitAsync(first, Insert(Held()));
        Execute("""INSERT INTO "__EFMigrationsLock" ("Id", "Timestamp") VALUES (1, '2026-01-01 00:00:00')""");

        await using var second = _folder.Open();

        Assert.Empty(await CommitAsync(second, Insert(Held())));
    }

    [Fact]
    public async Task ALockThatAnOlderVersionStored_IsRead_AndItsAttemptsStayRemembered_WithoutTheirOwners()
    {
        var state = Held();
        var attempt = new EndedAttempt(Guid.CreateVersion7(), Ending.Released, Now);
        await using (var first = _folder.Open())
            await CommitAsync(first, Insert(state));
        var id = Convert.ToHexString(attempt.AcquireId.ToByteArray(bigEndian: true));
        Execute($"UPDATE locks SET ended = x'0109{id}{Micros.Of(Now):X16}'");
        await using var second = _folder.Open();

        Assert.Equal([attempt], (await LoadAsync(second, state.Key))!.State.Ended.Items);
        Assert.Equal([attempt], (await second.GetRequiredService<ILockStore>().Reader.FindAsync(state.Key, 1, Cancel))!.Ended.Items);
    }

    [Fact]
    public async Task AFullDisk_IsUnavailable_AndNothingIsHalfWritten()
    {
        await using var services = _folder.Open();
        var before = Held();
        await CommitAsync(services, Insert(before));
        await services.GetRequiredService<SqliteDatabase>().RunAsync(
            session =>
            {
                session.Pragma("max_page_count = 1"); // SQLite takes the number of pages that there are already.
                return Task.FromResult(true);
            },
            Cancel);
        var many = Enumerable.Range(0, 200).Select(_ => Held()).ToList();

        var full = await Assert.ThrowsAsync<LockStoreUnavailableException>(
            () => CommitAsync(services, [.. many.Select(state => Insert(state))]));

        Assert.Contains($"no space left for the SQLite file '{_folder.Path}'", full.Message, StringComparison.Ordinal);
        Assert.NotNull(await LoadAsync(services, before.Key));
        foreach (var state in many)
            Assert.Null(await LoadAsync(services, state.Key));

        // The connection with the bound is closed, and the disk has space again.
        Assert.Empty(await CommitAsync(services, [.. many.Select(state => Insert(state))]));
    }

    [Fact]
    public async Task AFileThatIsNoDatabase_IsUnavailable()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Path)!);
        await File.WriteAllTextAsync(_folder.Path, string.Concat(Enumerable.Repeat("This is a letter and no database. ", 100)), Cancel);
        await using var services = _folder.Open();

        var wrong = await Assert.ThrowsAsync<LockStoreUnavailableException>(() => CommitAsync(services, Insert(Held())));

        Assert.Contains($"'{_folder.Path}' is not an SQLite database", wrong.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LockStoreUnavailableException>(() => services.GetRequiredService<ILockSchema>().IsCurrentAsync(Cancel));
    }

    [Fact]
    public async Task ADamagedFile_IsUnavailable_UntilItIsRestored()
    {
        var state = Held();
        await using (var first = _folder.Open())
            await CommitAsync(first, Insert(state));
        var backup = await File.ReadAllBytesAsync(_folder.Path, Cancel);
        const int FirstPage = 4_096;
        _folder.Overwrite(bytes =>
        {
            Array.Fill(bytes, (byte)0xFF, FirstPage, bytes.Length - FirstPage);
            return bytes;
        });
        await using var services = _folder.Open();

        var damaged = await Assert.ThrowsAsync<LockStoreUnavailableException>(() => LoadAsync(services, state.Key));
        Assert.Contains($"'{_folder.Path}' is damaged", damaged.Message, StringComparison.Ordinal);

        _folder.Overwrite(_ => backup);
        Assert.NotNull(await LoadAsync(services, state.Key));
    }

    [Fact]
    public async Task AFolderThatCannotBe_IsUnavailable()
    {
        var file = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(_folder.Path))!, "file");
        await File.WriteAllTextAsync(file, "", Cancel);
        await using var database = new SqliteDatabase(Path.Combine(file, "locks.db"), new SqliteLockStoreOptions());

        var unavailable = await Assert.ThrowsAsync<LockStoreUnavailableException>(() => database.OpenAsync(Cancel));

        Assert.Contains("can't be opened for writing", unavailable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AViolatedConstraint_IsADefect_AndTheStoreGoesOn()
    {
        await using var services = _folder.Open();
        var state = Held();
        await CommitAsync(services, Insert(state));
        Execute("CREATE TRIGGER refuse BEFORE INSERT ON locks WHEN new.key = 'refused' BEGIN SELECT RAISE(ABORT, 'refused'); END");

        await Assert.ThrowsAsync<SqliteException>(() => CommitAsync(services, Insert(Held()), Insert(Held("refused"))));

        Assert.Empty(await CommitAsync(services, Update(1, Free(state.Key, state.LastFence))));
    }

    [Fact]
    public async Task OnlyItsUser_CanReadTheFile()
    {
        if (OperatingSystem.IsWindows())
            return; // It has no such modes.

        await using var services = _folder.Open();
        await CommitAsync(services, Insert(Held()));

        foreach (var file in new[] { _folder.Path, _folder.Path + "-wal" })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task TheReadSide_SeesLocksAndWaiters_WhileTheStoreIsInUse()
    {
        await using var services = _folder.Open();
        var state = Held(fence: 42).WithWaiters(Waiter(1), Waiter(2));
        await CommitAsync(services, Insert(state));

        await using var context = await services.GetRequiredService<IDbContextFactory<LocksDbContext>>().CreateDbContextAsync(Cancel);
        var row = await context.Locks.SingleAsync(row => row.Key == state.Key, Cancel);

        Assert.Equal(LockRow.Held, row.State);
        Assert.Equal(state.Holder!.ExpiresAt, row.HolderExpiresAt);
        Assert.Equal(state.Holder.Ttl, row.HolderTtl);
        Assert.Equal(["waiter 1", "waiter 2"], await context.Waiters
            .Where(waiter => waiter.LockId == row.Id && waiter.Deadline > Now)
            .OrderBy(waiter => waiter.Ticket).Select(waiter => waiter.Owner).ToListAsync(Cancel));
    }

    [Fact]
    public async Task TheHealthCheck_SaysWhatIsWrong()
    {
        await using var first = _folder.Open();
        var healthy = await first.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "locks-store", Cancel);
        await using var second = _folder.Open();
        var refused = await second.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "locks-store", Cancel);

        Assert.Equal(HealthStatus.Healthy, healthy.Status);
        Assert.Equal(HealthStatus.Unhealthy, refused.Status);
        Assert.Contains(_folder.Path, refused.Entries["locks-store"].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheHealthCheck_DoesWhatAGrantDoes()
    {
        await using var services = _folder.Open();
        await CommitAsync(services, Insert(Held()));

        // Reading needs no such column.
        Execute("ALTER TABLE locks RENAME COLUMN written_at TO written_once");

        await LoadAsync(services, "any");
        var health = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "locks-store", Cancel);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("run the migration", health.Entries["locks-store"].Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":memory:")]
    [InlineData("file:locks.db?mode=memory")]
    public void APathThatNamesNoFile_IsRefusedAtOnce(string path) =>
        Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddLockCoordinator().UseSqlite(path));

    [Theory]
    [InlineData(5, "", "locked")]
    [InlineData(8, "", "for writing")]
    [InlineData(10, "", "error 10")]
    [InlineData(1, "no such table: locks", "run the migration")]
    [InlineData(1, "near \"SELEC\": syntax error", null)]
    [InlineData(19, "CHECK constraint failed", null)]
    public void Errors_AreWhatMayPassOrDefects(int error, string message, string? says)
    {
        if (says is null)
            Assert.Null(SqliteErrors.Explain(error, message, "locks.db"));
        else
            Assert.Contains(says, SqliteErrors.Explain(error, message, "locks.db"), StringComparison.Ordinal);
    }

    private static Task<IReadOnlySet<Guid>> CommitAsync(IServiceProvider services, params LockWrite[] writes) =>
        services.GetRequiredService<ILockStore>().CommitAsync(writes, Cancel);

    private static async Task<StoredLock?> LoadAsync(IServiceProvider services, string key) =>
        (await services.GetRequiredService<ILockStore>().LoadAsync([Contracts.LockKey.ToId(key)], Cancel)).SingleOrDefault();

    private void Execute(string statements)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _folder.Path, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = statements;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
