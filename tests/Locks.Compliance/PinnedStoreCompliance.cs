using Locks.Client;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.Compliance;

/// <summary>
/// What a version that may be deployed has stored is migrated, and its locks go on. Each file of a folder <c>Pinned</c> is what one version
/// wrote: it is never changed, and a new one comes with each release.
/// </summary>
public abstract class PinnedStoreCompliance
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The files, from the root of the repository with forward slashes: the folder, and what their names are like.</summary>
    protected abstract (string Folder, string Pattern) Files { get; }

    /// <summary>Makes a store with what is in a file.</summary>
    /// <returns>What chooses the store, and what drops it.</returns>
    internal abstract Task<(Action<LockCoordinatorBuilder> Use, Func<ValueTask> Drop)> RestoreAsync(string file);

    [Fact]
    public Task AStoreOfAnOlderVersion_HasItsLocks() => ForEachFileAsync(async use =>
    {
        await using var services = Provide(use);
        await services.GetRequiredService<ILockSchema>().MigrateAsync(Cancel);

        var free = await LoadAsync(services, "pinned/free");
        Assert.Equal((LockStage.Free, 3L), (free.Stage, free.LastFence));
        Assert.Equal(["besitzer ü0", null, "besitzer ü2", "besitzer ü0"], free.Ended.Items.Select(ended => ended.Owner));
        var held = await LoadAsync(services, "pinned/held");
        Assert.Equal((LockStage.Held, 7L, "owner"), (held.Stage, held.Holder!.FencingToken, held.Holder.Owner));
        Assert.Equal(["waiter 1", "waiter 2"], held.Waiters.InOrder.Select(waiter => waiter.Owner));
        Assert.Equal(8, held.Ended.Items.Length);
    });

    [Fact]
    public Task AStoreOfAnOlderVersion_ServesItsLocks_WithHigherTokens() => ForEachFileAsync(async use =>
    {
        await using (var services = Provide(use))
            await services.GetRequiredService<ILockSchema>().MigrateAsync(Cancel);
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddMassTransit(bus =>
        {
            use(bus.AddLockCoordinator());
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
    });

    private async Task ForEachFileAsync(Func<Action<LockCoordinatorBuilder>, Task> check)
    {
        var files = Directory.GetFiles(Repository.PathOf(Files.Folder), Files.Pattern);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var (use, drop) = await RestoreAsync(file);
            try
            {
                await check(use);
            }
            finally
            {
                await drop();
            }
        }
    }

    private static ServiceProvider Provide(Action<LockCoordinatorBuilder> use)
    {
        var services = new ServiceCollection().AddLogging();
        use(services.AddLockCoordinator());
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static async Task<LockState> LoadAsync(IServiceProvider services, string key) =>
        Assert.Single(await services.GetRequiredService<ILockStore>().LoadAsync([LockKey.ToId(key)], Cancel)).State;
}
