using Locks.Client;
using Locks.TestKit;
using Xunit;

namespace Locks.Compliance.ReferenceShapes;

/// <summary>"Distributed Locks" (reference 000): run it once, or one after the other.</summary>
public abstract class Reference000Shape : ReferenceShape
{
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task AcquireLock_RunsOnce_AndTheLockExpiresByItself()
    {
        var (first, second) = (NewService(), NewService());

        first.OnlyIfAcquired(TimeSpan.FromSeconds(3));
        second.OnlyIfAcquired(Minutes);
        Assert.Equal((1, 0), (first.Executed, second.Executed));

        await BecomesFreeAsync(MyService.LockKey);
        second.OnlyIfAcquired(Minutes);
        Assert.Equal(1, second.Executed);
    }

    [Fact]
    public void UsingToken_SaysWhetherItHasTheLock_AndReleasesAtTheEndOfTheBlock()
    {
        var (first, second) = (NewService(), NewService());

        first.UsingToken(meanwhile: () => second.UsingToken());
        Assert.Equal((1, 0), (first.Executed, first.DidWithout));
        Assert.Equal((0, 1), (second.Executed, second.DidWithout));

        second.UsingToken();
        Assert.Equal(1, second.Executed);
    }

    [Fact]
    public async Task RunAsync_RunsTheLambda_OrDoesNothing()
    {
        var (first, second) = (NewService(), NewService());

        await first.WithALambda(meanwhile: () => second.WithALambda());
        Assert.Equal((1, 0), (first.Executed, second.Executed));

        await second.WithALambda();
        Assert.Equal(1, second.Executed);
    }

    [Fact]
    public async Task AwaitLock_RunsBothPieces_NeverAtTheSameTime()
    {
        var services = Enumerable.Range(0, 4).Select(_ => NewService()).ToList();
        var inside = 0;
        var overlaps = 0;

        await Task.WhenAll(services.Select(service => Task.Run(() => service.OneAfterAnother(Minutes, () =>
        {
            if (Interlocked.Increment(ref inside) != 1)
                Interlocked.Increment(ref overlaps);
            Thread.Yield();
            Interlocked.Decrement(ref inside);
        })))).Within();

        Assert.Equal(0, overlaps);
        Assert.All(services, service => Assert.Equal(1, service.Executed));
    }

    [Fact]
    public async Task AwaitLock_ThrowsWhenItTakesLongerThanTheWaitTimeout()
    {
        using var holder = NewDistributedLock().UsingToken(MyService.LockKey, Minutes);

        var exception = await Assert.ThrowsAsync<LockTimeoutException>(
            () => Task.Run(() => NewService().OneAfterAnother(TimeSpan.FromSeconds(1))).Within());

        Assert.IsType<TimeoutException>(exception, exactMatch: false);
        Assert.True(holder.HasLock);
    }

    [Fact]
    public async Task TheAsynchronousTwins_DoTheSame()
    {
        var locks = NewDistributedLock();

        Assert.True(await locks.AcquireLockAsync("a", Minutes));
        Assert.False(await locks.AcquireLockAsync("a", Minutes));
        await locks.ReleaseLockAsync("a");
        await using (var token = await locks.UsingTokenAsync("a", Minutes))
        {
            Assert.True(token.HasLock);
            await using var other = await locks.UsingTokenAsync("a", Minutes);
            Assert.False(other.HasLock);
            Assert.Null(other.Handle);
        }

        await using (var token = await locks.AwaitLockAsync("a", Minutes, Minutes))
            Assert.True(token.HasLock);
        Assert.Null((await Fixture.LookAsync("a"))!.Holder);
    }

    [Fact]
    public async Task InvalidInput_IsRefused_AlsoHere()
    {
        var locks = NewDistributedLock();

        Assert.Throws<ArgumentException>(() => locks.AcquireLock("", Minutes));
        Assert.Throws<ArgumentOutOfRangeException>(() => locks.UsingToken("a", TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => locks.RunAsync("a", () => Task.CompletedTask, 0));
    }

    private MyService NewService() => new(NewDistributedLock());

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

        public void OnlyIfAcquired(TimeSpan expiry)
        {
            var asset = new Asset(7);
            string lockKey = $"asset.Create.{_client.ClientKey}.{asset.Id}";

            if (_distributedLock.AcquireLock(lockKey, expiry))
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

        public void OneAfterAnother(TimeSpan waitTimeout, Action? piece = null)
        {
            var lockToken = LockKey;
            var lockExpiry = TimeSpan.FromMinutes(5);

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
