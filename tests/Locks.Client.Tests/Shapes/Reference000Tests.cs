using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Shapes;

/// <summary>"Distributed Locks" (reference 000): the service of the document, with its code as it is written there.</summary>
public sealed class Reference000Tests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcquireLock_RunsOnce_AndTheLockExpiresByItself()
    {
        await using var world = await LockWorld.StartAsync();
        var (first, second) = (new MyService(world.DistributedLock), new MyService(world.DistributedLock));

        first.OnlyIfAcquired();
        second.OnlyIfAcquired();
        Assert.Equal((1, 0), (first.Executed, second.Executed));

        world.Time.Advance(TimeSpan.FromMinutes(5));
        await Eventually.HoldsAsync(() => world.IsFreeAsync(MyService.LockKey));
        second.OnlyIfAcquired();
        Assert.Equal(1, second.Executed);
    }

    [Fact]
    public async Task UsingToken_SaysWhetherItHasTheLock_AndReleasesAtTheEndOfTheBlock()
    {
        await using var world = await LockWorld.StartAsync();
        var (first, second) = (new MyService(world.DistributedLock), new MyService(world.DistributedLock));

        first.UsingToken(meanwhile: () => second.UsingToken());
        Assert.Equal((1, 0), (first.Executed, first.DidWithout));
        Assert.Equal((0, 1), (second.Executed, second.DidWithout));

        second.UsingToken();
        Assert.Equal(1, second.Executed);
    }

    [Fact]
    public async Task RunAsync_RunsTheLambda_OrDoesNothing()
    {
        await using var world = await LockWorld.StartAsync();
        var (first, second) = (new MyService(world.DistributedLock), new MyService(world.DistributedLock));

        await first.WithALambda(meanwhile: () => second.WithALambda());
        Assert.Equal((1, 0), (first.Executed, second.Executed));

        await second.WithALambda();
        Assert.Equal(1, second.Executed);
    }

    [Fact]
    public async Task AwaitLock_RunsBothPieces_NeverAtTheSameTime()
    {
        await using var world = await LockWorld.StartAsync();
        var services = Enumerable.Range(0, 4).Select(_ => new MyService(world.DistributedLock)).ToList();
        var inside = 0;

        await Task.WhenAll(services.Select(service => Task.Run(
            () => service.OneAfterAnother(() =>
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Thread.Yield();
                Interlocked.Decrement(ref inside);
            }),
            Cancellation))).Within();

        Assert.All(services, service => Assert.Equal(1, service.Executed));
    }

    [Fact]
    public async Task AwaitLock_ThrowsWhenItTakesLongerThanTheWaitTimeout()
    {
        await using var world = await LockWorld.StartAsync();
        using var holder = world.DistributedLock.UsingToken(MyService.LockKey, TimeSpan.FromMinutes(5));
        var waiting = Task.Run(() => new MyService(world.DistributedLock).OneAfterAnother(), Cancellation);
        await world.SomebodyWaitsAsync(MyService.LockKey);

        world.Time.Advance(TimeSpan.FromMinutes(2));

        var exception = await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Within());
        Assert.IsType<TimeoutException>(exception, exactMatch: false);
        Assert.True(holder.HasLock);
    }

    [Fact]
    public async Task TheAsynchronousTwins_DoTheSame()
    {
        await using var world = await LockWorld.StartAsync();
        var locks = world.DistributedLock;
        var minutes = TimeSpan.FromMinutes(5);

        Assert.True(await locks.AcquireLockAsync("a", minutes, Cancellation));
        Assert.False(await locks.AcquireLockAsync("a", minutes, Cancellation));
        await locks.ReleaseLockAsync("a", Cancellation);
        await using (var token = await locks.UsingTokenAsync("a", minutes, Cancellation))
        {
            Assert.True(token.HasLock);
            await using var other = await locks.UsingTokenAsync("a", minutes, Cancellation);
            Assert.False(other.HasLock);
            Assert.Null(other.Handle);
        }

        await using (var token = await locks.AwaitLockAsync("a", minutes, minutes, Cancellation))
            Assert.True(token.HasLock);
        Assert.True(await world.IsFreeAsync("a"));
    }

    [Fact]
    public async Task BadInput_IsRefused_AlsoHere()
    {
        await using var world = await LockWorld.StartAsync();

        Assert.Throws<ArgumentException>(() => world.DistributedLock.AcquireLock("", TimeSpan.FromMinutes(5)));
        Assert.Throws<ArgumentException>(() => world.DistributedLock.UsingToken("a", TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentException>(() => world.DistributedLock.RunAsync("a", () => Task.CompletedTask, 0, Cancellation));
    }

    /// <summary>The document's service. Its code is the document's; only what "code to execute" is was added.</summary>
    private sealed class MyService
    {
        public const string LockKey = "asset.Create.client.7";

        private readonly Client _client = new("client");
        private readonly IDistributedLock _distributedLock;

        public MyService(IDistributedLock distributedLock)
        {
            _distributedLock = distributedLock;
        }

        public int Executed { get; private set; }

        public int DidWithout { get; private set; }

        public void OnlyIfAcquired()
        {
            var asset = new Asset(7);
            string lockKey = $"asset.Create.{_client.ClientKey}.{asset.Id}";

            if (_distributedLock.AcquireLock(lockKey, TimeSpan.FromMinutes(5)))
            {
                Executed++;
            }
        }

        public void UsingToken(Action? meanwhile = null)
        {
            var lockKey = LockKey;
            using (var token = _distributedLock.UsingToken(lockKey, TimeSpan.FromMinutes(5)))
            {
                if (token.HasLock)
                {
                    Executed++;
                    meanwhile?.Invoke();
                }
                else
                {
                    DidWithout++;
                }
            }
        }

        public async Task WithALambda(Func<Task>? meanwhile = null)
        {
            var lockKey = LockKey;
            await _distributedLock.RunAsync(lockKey, async () =>
            {
                Executed++;
                await (meanwhile?.Invoke() ?? Task.CompletedTask);
            }, 300);
        }

        public void OneAfterAnother(Action? piece = null)
        {
            var lockToken = LockKey;
            var lockExpiry = TimeSpan.FromMinutes(5);
            var waitTimeout = TimeSpan.FromMinutes(2);

            using (var token = _distributedLock.AwaitLock(lockToken, lockExpiry, waitTimeout))
            {
                Executed++;
                piece?.Invoke();
            }
        }

        private sealed record Client(string ClientKey);

        private sealed record Asset(int Id);
    }
}
