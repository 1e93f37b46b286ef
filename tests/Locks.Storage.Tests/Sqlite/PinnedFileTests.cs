using Locks.Client;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.Storage.Tests.Sqlite;

/// <summary>
/// Files of older versions are opened, and their locks go on. Each file <c>Pinned/sqlite-*.db</c> was written by a version that may be
/// deployed: it is never changed, and a new one comes with each release.
/// </summary>
public sealed class PinnedFileTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Repository.PathOf("tests/Locks.Storage.Tests/Pinned"), "sqlite-*.db").Select(file => Path.GetFileName(file))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Files))]
    public async Task AFileOfAnOlderVersion_HasItsLocks(string file)
    {
        await using var folder = FolderWith(file);
        var services = folder.Open();
        await services.GetRequiredService<ILockSchema>().MigrateAsync(Cancel);

        var free = await LoadAsync(services, "pinned/free");
        Assert.Equal((LockStage.Free, 3L), (free.Stage, free.LastFence));
        Assert.Equal(["besitzer ü0", null, "besitzer ü2", "besitzer ü0"], free.Ended.Items.Select(ended => ended.Owner));
        var held = await LoadAsync(services, "pinned/held");
        Assert.Equal((LockStage.Held, 7L, "owner"), (held.Stage, held.Holder!.FencingToken, held.Holder.Owner));
        Assert.Equal(["waiter 1", "waiter 2"], held.Waiters.InOrder.Select(waiter => waiter.Owner));
        Assert.Equal(8, held.Ended.Items.Length);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task AFileOfAnOlderVersion_ServesItsLocks_WithHigherTokens(string file)
    {
        await using var folder = FolderWith(file);
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddLockCoordinator().UseSqlite(folder.Path);
            bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
        });
        builder.Services.AddLockClient();
        using var host = builder.Build();
        await host.StartAsync(Cancel);
        var locks = host.Services.GetRequiredService<ILockClient>();

        await using (var handle = await locks.AcquireAsync("pinned/free", TimeSpan.FromSeconds(30), cancellationToken: Cancel))
            Assert.True(handle.FencingToken > 3, $"{handle.FencingToken}");
        // Its lease and its waiters' waits are long over.
        await using (var handle = await locks.AcquireAsync("pinned/held", TimeSpan.FromSeconds(30), cancellationToken: Cancel))
            Assert.True(handle.FencingToken > 7, $"{handle.FencingToken}");
        await host.StopAsync(Cancel);
    }

    private static SqliteFolder FolderWith(string file)
    {
        var folder = new SqliteFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(folder.Path)!);
        File.Copy(Repository.PathOf($"tests/Locks.Storage.Tests/Pinned/{file}"), folder.Path);
        return folder;
    }

    private static async Task<LockState> LoadAsync(IServiceProvider services, string key) =>
        Assert.Single(await services.GetRequiredService<ILockStore>().LoadAsync([LockKey.ToId(key)], Cancel)).State;
}
