using Locks.Client;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.Compliance.ReferenceShapes;

/// <summary>"Coordinating Work Across Multiple Instances" (reference 003): locks from a factory, a background service, and a migration.</summary>
public abstract class Reference003Shape : ReferenceShape
{
    private const string Key = "order-processing-lock";

    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task OfTwoInstances_OneProcessesTheOrders_AndTheOtherLeavesThemToIt()
    {
        var (atWork, idle) = (new OrderProcessor(), new OrderProcessor());
        var (first, second) = (new RecordingFactory(NewFactory()), new RecordingFactory(NewFactory()));
        using var one = new OrderProcessingService(first, atWork);
        using var other = new OrderProcessingService(second, idle);

        await one.StartAsync(CancellationToken.None);
        await atWork.Entered.Task.Within();
        await other.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => second.Answers is [false]);
        atWork.Leave.SetResult();
        await BecomesFreeAsync(Key);
        await one.StopAsync(CancellationToken.None).Within();
        await other.StopAsync(CancellationToken.None).Within();

        Assert.Equal([true], first.Answers);
        Assert.False(idle.Entered.Task.IsCompleted);
    }

    [Fact]
    public async Task ALock_IsTakenByOne_AndAfterItsRelease_ByAnother_AndByTheFirstAgain()
    {
        await using var mine = NewFactory().CreateLock(Key, Minutes);
        await using var yours = NewFactory().CreateLock(Key, Minutes);
        long fence = 0;

        for (var round = 0; round < 3; round++)
        {
            Assert.True(await mine.TryAcquireAsync());
            Assert.True(mine.Handle!.FencingToken > fence);
            Assert.False(await yours.TryAcquireAsync());
            Assert.True(await mine.ReleaseAsync());

            Assert.True(await yours.TryAcquireAsync());
            Assert.False(await mine.TryAcquireAsync());
            Assert.True(yours.IsAcquired && !mine.IsAcquired);
            fence = yours.Handle!.FencingToken;
            Assert.True(await yours.ReleaseAsync());
        }
    }

    [Fact]
    public async Task ALockThatIsHeld_IsBusy_AlsoForTheObjectThatHoldsIt()
    {
        await using var mine = NewFactory().CreateLock(Key, Minutes);
        Assert.True(await mine.TryAcquireAsync());
        var fence = mine.Handle!.FencingToken;

        Assert.False(await mine.TryAcquireAsync());

        Assert.True(mine.IsAcquired);
        Assert.Equal(fence, (await Fixture.LookAsync(Key))!.LastFence);
        Assert.True(await mine.ReleaseAsync());
        Assert.Null((await Fixture.LookAsync(Key))!.Holder);
    }

    [Fact]
    public async Task AReleaseByWhoDoesNotHoldIt_DoesNothing()
    {
        await using var mine = NewFactory().CreateLock(Key, Minutes);
        await using var yours = NewFactory().CreateLock(Key, Minutes);
        Assert.True(await mine.TryAcquireAsync());

        Assert.False(await yours.ReleaseAsync());

        Assert.True(await mine.Handle!.RenewAsync());
        Assert.True(await mine.ReleaseAsync());
        Assert.False(await mine.ReleaseAsync());
    }

    [Fact]
    public async Task ALockThatWasNeverReleased_Expires_AndItsLateReleaseDoesNotTouchTheNextHolders()
    {
        await using var dead = NewFactory().CreateLock(Key, TimeSpan.FromSeconds(1));
        await using var next = NewFactory().CreateLock(Key, Minutes);
        Assert.True(await dead.TryAcquireAsync());

        await Eventually.HoldsAsync(() => next.TryAcquireAsync());

        Assert.False(dead.IsAcquired);
        Assert.False(await dead.ReleaseAsync());
        Assert.True(await next.Handle!.RenewAsync());
    }

    [Fact]
    public async Task TheEndOfTheBlock_Releases()
    {
        await using (var mine = NewFactory().CreateLock(Key, Minutes))
            Assert.True(await mine.TryAcquireAsync());
        Assert.Null((await Fixture.LookAsync(Key))!.Holder);

        using (var mine = NewFactory().CreateLock(Key, Minutes))
            Assert.True(await mine.TryAcquireAsync());
        Assert.Null((await Fixture.LookAsync(Key))!.Holder);
    }

    [Fact]
    public async Task ADatabase_IsMigratedOnce_HoweverManyInstancesAreDeployed()
    {
        var database = new Database();

        for (var instance = 0; instance < 3; instance++)
        {
            await StartInstanceAsync(services => services
                .AddSingleton(database)
                .AddExclusiveHostedService<Migration>("orders/migration", new() { Lease = TimeSpan.FromSeconds(10) }));
        }

        await Eventually.HoldsAsync(() => database.Visits == 3);
        Assert.Equal((1, false), (database.Migrations, database.HadTwoVisitors));
        await BecomesFreeAsync("orders/migration");
    }

    private interface IOrderProcessor
    {
        Task ProcessPendingOrdersAsync();
    }

    /// <summary>The document's service, as it is written there, with the constructor that it leaves out.</summary>
    private sealed class OrderProcessingService : BackgroundService
    {
        private readonly IDistributedLockFactory _lockFactory;
        private readonly IOrderProcessor _orderProcessor;

        public OrderProcessingService(IDistributedLockFactory lockFactory, IOrderProcessor orderProcessor)
        {
            _lockFactory = lockFactory;
            _orderProcessor = orderProcessor;
        }

#pragma warning disable RS0030, CA2016 // Time from a provider, and the token passed on: not in the document.
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                using var distributedLock = _lockFactory.CreateLock(
                    "order-processing-lock",
                    TimeSpan.FromMinutes(5));

                if (await distributedLock.TryAcquireAsync())
                {
                    try
                    {
                        await _orderProcessor.ProcessPendingOrdersAsync();
                    }
                    finally
                    {
                        await distributedLock.ReleaseAsync();
                    }
                }

                await Task.Delay(TimeSpan.FromSeconds(30), stoppingToken);
            }
        }
#pragma warning restore RS0030, CA2016
    }

    private sealed class OrderProcessor : IOrderProcessor
    {
        public TaskCompletionSource Entered { get; } = new();

        public TaskCompletionSource Leave { get; } = new();

        public Task ProcessPendingOrdersAsync()
        {
            Entered.SetResult();
            return Leave.Task;
        }
    }

    /// <summary>Records whether its locks were acquired.</summary>
    private sealed class RecordingFactory(IDistributedLockFactory factory) : IDistributedLockFactory
    {
        private readonly List<bool> _answers = [];

        public IReadOnlyList<bool> Answers
        {
            get
            {
                lock (_answers)
                    return [.. _answers];
            }
        }

        public IKeyedLock CreateLock(string key, TimeSpan expiry) => new RecordingLock(this, factory.CreateLock(key, expiry));

        private sealed class RecordingLock(RecordingFactory recording, IKeyedLock inner) : IKeyedLock
        {
            public string Key => inner.Key;

            public bool IsAcquired => inner.IsAcquired;

            public ILockHandle? Handle => inner.Handle;

            public async Task<bool> TryAcquireAsync(CancellationToken cancellationToken = default)
            {
                var answer = await inner.TryAcquireAsync(cancellationToken);
                lock (recording._answers)
                    recording._answers.Add(answer);
                return answer;
            }

            public Task<bool> ReleaseAsync(CancellationToken cancellationToken = default) => inner.ReleaseAsync(cancellationToken);

            public ValueTask DisposeAsync() => inner.DisposeAsync();

            public void Dispose() => inner.Dispose();
        }
    }

    /// <summary>One that all instances share, and that must not be migrated by two at a time.</summary>
    private sealed class Database
    {
        private int _visitors;
        private int _visits;
        private int _version;

        public int Visits => Volatile.Read(ref _visits);

        public int Migrations { get; private set; }

        public bool HadTwoVisitors { get; private set; }

        public async Task MigrateAsync()
        {
            HadTwoVisitors |= Interlocked.Increment(ref _visitors) > 1;
            if (_version == 0)
            {
                await Task.Yield();
                Migrations++;
                _version = 1;
            }

            Interlocked.Decrement(ref _visitors);
            Interlocked.Increment(ref _visits);
        }
    }

    private sealed class Migration(Database database) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => database.MigrateAsync();
    }
}
