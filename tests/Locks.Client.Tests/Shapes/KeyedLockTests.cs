using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Shapes;

/// <summary>The lock as an object: what depends on the moment. The rest is in Reference003Shape, for every transport and store.</summary>
public sealed class KeyedLockTests
{
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(30);

    private readonly FakeCoordinator _coordinator = new();

    public KeyedLockTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MakingALock_SendsNothing_AndNeitherDoesTryingOneThatIsHeld()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var mine = NewLock(fixture);
        Assert.Equal((LockFixture.Key, false, null), (mine.Key, mine.IsAcquired, mine.Handle));

        Assert.True(await mine.TryAcquireAsync(Cancellation));
        Assert.False(await mine.TryAcquireAsync(Cancellation));

        Assert.Equal(Expiry, Assert.Single(_coordinator.All<AcquireLock>()).Lease);
        Assert.True(mine.IsAcquired);
    }

    [Fact]
    public async Task ALockWhoseExpiryHasPassed_IsNotAcquired_AndMayBeTriedAgain()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var mine = NewLock(fixture);
        await mine.TryAcquireAsync(Cancellation);
        var lost = mine.Handle!.Lost;

        fixture.Time.Advance(Expiry);

        Assert.True(lost.IsCancellationRequested);
        Assert.False(mine.IsAcquired);
        Assert.True(await mine.TryAcquireAsync(Cancellation));
        Assert.Equal(2, mine.Handle!.FencingToken);
    }

    [Fact]
    public async Task TwoConcurrentCallersOfOneObject_DoNotBothAcquire()
    {
        var attempts = new List<AcquireLock>();
        _coordinator.OnAcquire = command =>
        {
            attempts.Add(command);
            return attempts.Count == 1 ? null : new LockDenied(command.Key, command.AcquireId, DenyReasons.Busy);
        };
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var mine = NewLock(fixture);
        var first = mine.TryAcquireAsync(Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>();

        Assert.False(await mine.TryAcquireAsync(Cancellation));
        await AnswerAsync(fixture, _coordinator.Grant(attempts[0]));

        Assert.True(await first.Within());
        Assert.True(mine.IsAcquired);
    }

    [Fact]
    public async Task AReleaseWithoutAnAnswer_MayBeTriedAgain()
    {
        _coordinator.OnRelease = _ => throw new InvalidOperationException("the store is away");
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var mine = NewLock(fixture);
        await mine.TryAcquireAsync(Cancellation);

        await Assert.ThrowsAsync<LockUnavailableException>(() => mine.ReleaseAsync(Cancellation));
        Assert.False(mine.IsAcquired);
        Assert.NotNull(mine.Handle);
        _coordinator.OnRelease = release => new LockReleased(release.Key, 1);

        Assert.True(await mine.ReleaseAsync(Cancellation));
        Assert.Null(mine.Handle);
    }

    [Fact]
    public async Task AGrantThatArrivesAfterTheDispose_IsReleased()
    {
        AcquireLock? acquire = null;
        _coordinator.OnAcquire = command =>
        {
            acquire = command;
            return null;
        };
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var mine = NewLock(fixture);
        var trying = mine.TryAcquireAsync(Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>();

        await mine.DisposeAsync();
        await AnswerAsync(fixture, _coordinator.Grant(acquire!));

        await Assert.ThrowsAsync<ObjectDisposedException>(() => trying.Within());
        Assert.Equal("token 1", Assert.Single(_coordinator.All<ReleaseLock>()).OwnerToken);
    }

    [Fact]
    public async Task ADisposeOfALockThatIsNotHeld_SendsNothing_AndAfterwardsItCantBeTried()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var mine = NewLock(fixture);
        await mine.TryAcquireAsync(Cancellation);
        await mine.ReleaseAsync(Cancellation);

        await mine.DisposeAsync();
        mine.Dispose();

        Assert.Single(_coordinator.All<ReleaseLock>());
        Assert.False(await mine.ReleaseAsync(Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => mine.TryAcquireAsync(Cancellation));
    }

    [Theory]
    [InlineData("", 30, typeof(ArgumentException), "Key is missing or empty")]
    [InlineData("a", 0, typeof(ArgumentOutOfRangeException), "Lease is 00:00:00; it must be between")]
    public async Task InvalidInput_IsRefused_WhenTheLockIsMade(string key, int seconds, Type with, string says)
    {
        await using var fixture = await LockFixture.StartAloneAsync();

        var refusal = Assert.Throws(with, () => fixture.LockFactory.CreateLock(key, TimeSpan.FromSeconds(seconds)));

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    private static IKeyedLock NewLock(LockFixture fixture) => fixture.LockFactory.CreateLock(LockFixture.Key, Expiry);

    private Task AnswerAsync(LockFixture fixture, LockAcquired grant) => _coordinator.SendUnaskedAsync(fixture, grant, grant.AcquireId);
}
