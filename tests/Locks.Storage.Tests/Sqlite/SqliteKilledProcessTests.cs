using System.Diagnostics;
using Locks.Contracts;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Storage.Tests.Sqlite;

/// <summary>A process is killed while it writes.</summary>
public sealed class SqliteKilledProcessTests : IAsyncDisposable
{
    private const int Printed = 200;
    private readonly SqliteFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task EveryCommittedGrant_IsFoundAfterARestart_AndTheFileIsNotLocked()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Locks.SqliteWriter.dll"), _folder.Path },
            RedirectStandardOutput = true,
        })!;
        var keys = new List<string>();
        try
        {
            while (keys.Count < Printed && await process.StandardOutput.ReadLineAsync(Cancel) is { } key)
                keys.Add(key);

            await using var second = _folder.Open();
            await Assert.ThrowsAsync<LockStoreUnavailableException>(() => LoadAsync(second, keys));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(Cancel);
        }

        // What it printed before it ended was committed, too; the last line may be cut.
        while (await process.StandardOutput.ReadLineAsync(Cancel) is { } key)
            keys.Add(key);
        keys.RemoveAt(keys.Count - 1);
        Assert.True(keys.Count >= Printed - 1);

        await using var services = _folder.Open();
        var found = await LoadAsync(services, keys);
        Assert.Equal(keys.Order(StringComparer.Ordinal), found.Select(stored => stored.State.Key).Order(StringComparer.Ordinal));
        Assert.All(found, stored => Assert.Equal(1, stored.State.Waiters.Count));
    }

    private static Task<IReadOnlyList<StoredLock>> LoadAsync(IServiceProvider services, List<string> keys) =>
        services.GetRequiredService<ILockStore>().LoadAsync([.. keys.Select(LockKey.ToId)], Cancel);
}
