using System.Collections.Concurrent;
using Locks.DistributedLock;
using Locks.TestKit;
using Xunit;

namespace Locks.Docs.Tests;

/// <summary>What stands alone on a page is run as well: against a coordinator in memory, on a clock that stands.</summary>
public sealed class StandaloneCodeTests : IAsyncLifetime
{
    private const int AccountId = 17;

    private readonly ServiceProvider _provider = new ServiceCollection()
        .AddSingleton<FolderRecords>()
        .AddMassTransitTestHarness(TextWriter.Null, bus => bus.AddConsumer<Readme.FolderConsumer>((context, consumer) =>
            consumer.UseDistributedLock<Readme.FolderConsumer, FileArrived>(
                context, message => $"folder:{message.Folder}", guard => guard.WaitWhenBusy(TimeSpan.FromSeconds(60)))))
        .AddLockTestHarness()
        .AddDistributedLockProvider()
        .BuildServiceProvider(validateScopes: true);

    private ILockClient Locks => _provider.GetRequiredService<ILockClient>();

    private ILockTestHarness Harness => _provider.GetLockTestHarness();

    public async ValueTask InitializeAsync() => await _provider.StartTestHarness();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task TheReadmesConsumer_MakesOneRecord_HoweverManyFilesArrive()
    {
        const int Files = 16;
        var records = _provider.GetRequiredService<FolderRecords>();

        await _provider.GetTestHarness().Bus.PublishBatch(
            Enumerable.Range(0, Files).Select(_ => new FileArrived("/a")), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => records.Looks == Files);
        await Harness.ShouldBeFreeAsync("folder:/a");

        Assert.Equal("/a", Assert.Single(records.Inserted).Folder);
        Assert.True(Harness.WasReleased("folder:/a"));
    }

    [Fact]
    public async Task AnOrder_IsCapturedOnce()
    {
        var code = new LocksClient.LocksClientCode { locks = Locks };

        await code.RunAsync();
        await code.RunAsync();

        Assert.Single(code.payments.Captured);
    }

    [Fact]
    public async Task TheShapes_AcquireWhatTheySay()
    {
        var run = new Shapes.RunUnlessBusyCode { locks = Locks };

        await new Shapes.TryCode { locks = Locks }.RunAsync();
        await new Shapes.WaitCode { locks = Locks }.RunAsync();
        await new Shapes.SeveralKeysAtOnceCode { locks = Locks }.RunAsync();
        await new Shapes.ManyLocksOneLeaseCode { locks = Locks }.RunAsync();
        await run.RunAsync();

        Assert.Equal(1, run.report.Built);
        Assert.All(
            ["report:2026-11", "folder:/a/b", "account:17", "account:4", "order:1001", "order:1002", "nightly-report"],
            key => Assert.True(Harness.WasAcquired(key), key));
    }

    [Fact]
    public async Task ALookAtALock_AndAnIntervention_FindHolderAndWaiter()
    {
        await Locks.AcquireAsync("folder:/a/b", TimeSpan.Zero);
        var waiter = Locks.AcquireAsync("folder:/a/b", TimeSpan.FromHours(1));
        await Harness.ShouldHaveWaitersAsync("folder:/a/b", 1);
        var found = await Locks.DescribeAsync("folder:/a/b");

        await new Inspect.LookAtLocksAndInterveneCode { locks = Locks }.RunAsync();
        await new Inspect.WhoBlocksWhomCode { locks = Locks }.RunAsync();
        await new Inspect.InterveneCode { locks = Locks, found = found }.RunAsync();

        await Harness.ShouldHaveBeenLostAsync("folder:/a/b");
        await using var next = await waiter;
        Assert.True(next.IsHeld);
    }

    [Fact]
    public async Task AFencedWrite_Arrives()
    {
        await using var bank = await Bank.OpenAsync(AccountId);

        await new Fencing.OneRowCode { locks = Locks, db = bank }.RunAsync();

        Assert.Equal(150, (await bank.Accounts.SingleAsync(account => account.Id == AccountId)).Balance);
    }

    [Fact]
    public async Task ADayOfATest_Passes_AndAFaultIsFelt()
    {
        await new Testing.TimeCode { locks = Harness, client = Locks }.RunAsync();
        await new Testing.MakingThingsGoWrongCode { locks = Harness, client = Locks }.RunAsync();

        await Harness.ShouldBeFreeAsync("order:42");
    }

    [Fact]
    public async Task CodeOfDistributedLock_Works()
    {
        var store = new ClosedAccounts();
        var provider = _provider.GetRequiredService<LocksDistributedLockProvider>();

        await new Adapters.Accounts(provider, store).CloseAsync("41", TestContext.Current.CancellationToken);
        await new Adapters.DistributedLock4Code { locks = provider, store = store }.RunAsync();

        Assert.Equal(["41", "42"], store.Closed);
    }

    [Fact]
    public async Task MigratedCode_DoesItsWork()
    {
        var semaphore = new Migrating.ASemaphoreByNameCode { distributedLock = _provider.GetRequiredService<IDistributedLock>() };
        var factory = new Migrating.ALockFactory2Code { lockFactory = _provider.GetRequiredService<IDistributedLockFactory>() };
        var redis = new Migrating.SetIfNotExistsInRedisCode { locks = Locks };
        var leases = new Migrating.LeasesCode { client = Locks };
        var redLock = new Migrating.RedLockNetCode { locks = Locks };

        await semaphore.RunAsync();
        await factory.RunAsync();
        await redis.RunAsync();
        await leases.RunAsync();
        await redLock.RunAsync();

        Assert.All([semaphore.Imported, factory.Imported, redis.Imported, leases.Imported, redLock.Imported], times => Assert.Equal(1, times));
        foreach (var key in (string[])["1234collectPayment", "order-processing-lock", "file1.txt", "lock:order:1001", "asset:7"])
            await Harness.ShouldBeFreeAsync(key);
    }

    private sealed class ClosedAccounts : IAccountStore
    {
        private readonly ConcurrentQueue<string> _closed = [];

        public IEnumerable<string> Closed => _closed;

        public Task CloseAsync(string id, CancellationToken cancellationToken) => CloseAsync(id, fence: 0, cancellationToken);

        public Task CloseAsync(string id, long fence, CancellationToken cancellationToken)
        {
            _closed.Enqueue(id);
            return Task.CompletedTask;
        }
    }
}
