using Locks.Client.Tests.ConsumeFilter;
using Locks.Client.Tests.Exclusive;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>Work that hung held its lock for ever, because the client renewed it for as long as the process lived.</summary>
[Collection(nameof(GuardFixture))]
public sealed class WorkThatNeverEndsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxHold = TimeSpan.FromSeconds(75);
    private static readonly LockOptions Limited = new() { Lease = Lease, AutoRenew = true, MaxHold = MaxHold };
    private static readonly LockLoss Reached = new(LockLossReason.MaxHoldReached);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ALock_IsLostWhenItWasHeldForAsLongAsItMay_AndFreeWhenItsLeaseEnds()
    {
        await using var fixture = await LockFixture.StartAsync();
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Limited, Cancellation))!;
        await RenewAsync(fixture, times: 7);
        Assert.True(handle.IsHeld);

        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((LockHandleState.Lost, Reached), (handle.State, handle.Loss));
        Assert.True(handle.Lost.IsCancellationRequested);
        Assert.Contains(fixture.Logs.Lines, line => line.Contains("has been held for 00:01:15", StringComparison.Ordinal));
        Assert.False(await handle.RenewAsync(cancellationToken: Cancellation));
        Assert.False(await fixture.IsFreeAsync());
        fixture.Time.Advance(Lease);
        await Eventually.HoldsAsync(() => fixture.IsFreeAsync());
    }

    [Fact]
    public async Task AHolderThatEndsThen_FreesTheLockAtOnce()
    {
        await using var fixture = await LockFixture.StartAsync();
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Limited, Cancellation))!;
        await RenewAsync(fixture, times: 7);
        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        await handle.DisposeAsync();

        await Eventually.HoldsAsync(() => fixture.IsFreeAsync());
        Assert.Equal(Reached, handle.Loss);
    }

    [Fact]
    public async Task ALockThatIsRenewedByHand_IsLostToo()
    {
        await using var fixture = await LockFixture.StartAsync();
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Limited with { AutoRenew = false }, Cancellation))!;

        Assert.True(await handle.RenewAsync(TimeSpan.FromHours(1), Cancellation));
        fixture.Time.Advance(MaxHold);

        Assert.Equal(Reached, handle.Loss);
    }

    [Fact]
    public async Task ASet_IsLostWhenItWasHeldForAsLongAsItMay()
    {
        await using var fixture = await LockFixture.StartAsync();
        var set = (await fixture.Client.TryAcquireAllAsync(["a", "b"], Limited, Cancellation))!;
        await RenewAsync(fixture, times: 7, locks: 2);
        Assert.True(set.IsHeld);

        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((LockHandleState.Lost, Reached), (set.State, set.Loss));
        fixture.Time.Advance(Lease);
        await Eventually.HoldsAsync(async () => await fixture.IsFreeAsync("a") && await fixture.IsFreeAsync("b"));
    }

    [Fact]
    public async Task ALeaseThatIsKeptAliveForALimitedTime_IsLostThen_WithItsLocks()
    {
        await using var fixture = await LockFixture.StartAsync();
        var lease = await fixture.Client.Leases.GrantAsync(Lease, Cancellation);
        var held = await fixture.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id, Cancellation);
        await fixture.Client.Leases.KeepAliveAsync(lease.Id, MaxHold, Cancellation);
        await RenewAsync(fixture, times: 7);
        Assert.True(lease.IsAlive);

        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((Reached, Reached), (lease.Loss, held.Handle!.Loss));
        fixture.Time.Advance(Lease);
        await Eventually.HoldsAsync(() => fixture.IsFreeAsync());
        GC.KeepAlive(lease);
    }

    [Fact]
    public async Task AGuardedConsumer_LosesItsLock_AndFails()
    {
        var payments = new Payments { OnCapture = context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken) };
        await using var fixture = await GuardFixture.StartAsync(payments, guard => (guard.Lease, guard.MaxHold) = (Lease, MaxHold));
        await fixture.PublishAsync("1");
        await payments.AreCapturedAsync(1);
        await RenewAsync(fixture, times: 7);

        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        var (exception, message) = await payments.FaultAsync();
        Assert.Equal("LockLostException", exception);
        Assert.Contains(nameof(LockLossReason.MaxHoldReached), message, StringComparison.Ordinal);
        await fixture.WaitUntilFreeAsync("1");
    }

    [Theory]
    [InlineData("00:00:29", "MaxHold is 00:00:29; it must be between the lease, which is 00:00:30, and 30.00:00:00")]
    [InlineData("31.00:00:00", "MaxHold is 31.00:00:00; it must be between")]
    public async Task ALimitOutOfRange_IsRefused(string limit, string problem)
    {
        await using var fixture = await LockFixture.StartAsync();
        var options = Limited with { MaxHold = TimeSpan.Parse(limit, null) };

        var refusal = await Assert.ThrowsAnyAsync<ArgumentException>(
            () => fixture.Client.TryAcquireAsync(LockFixture.Key, options, Cancellation));

        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no")]
    [InlineData("throws")]
    [InlineData("hangs")]
    [InlineData("blocks")]
    public async Task AServiceThatIsNotHealthy_GivesWayToAnotherInstance(string answer)
    {
        await using var fixture = await LockFixture.StartAsync();
        using var end = new ManualResetEventSlim();
        var asked = 0;
        await using var first = await Instance.StartAsync(fixture, new() { Lease = Lease, IsHealthy = IsHealthyAsync });
        await first.WaitForEventAsync("begin");
        await using var second = await Instance.StartAsync(fixture, new() { Lease = Lease });
        await Eventually.HoldsAsync(async () => await fixture.WaitersAsync() == 1);

        // It is healthy at first, and says so once.
        await RenewAsync(fixture, times: 1);
        await Eventually.HoldsAsync(async () =>
        {
            await PassAsync(fixture);
            return second.Behavior.Events.Contains("begin");
        });

        await first.WaitForLogAsync("is not renewed now, because the health delegate of its holder did not say within 00:00:05");
        await first.WaitForLogAsync("was lost (Unhealthy)");
        await first.WaitForEventAsync("end");
        if (answer is "hangs" or "blocks")
            Assert.Equal(2, asked);
        end.Set();

        async Task<bool> IsHealthyAsync(IServiceProvider services, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref asked) == 1)
                return true;
            if (answer == "throws")
                throw new InvalidOperationException("the queue is gone");
            if (answer == "hangs")
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
            if (answer == "blocks")
                end.Wait(CancellationToken.None);
            return false;
        }
    }

    /// <param name="fixture">The client.</param>
    /// <param name="times">How often.</param>
    /// <param name="locks">How many locks are renewed, each by itself.</param>
    private static async Task RenewAsync(LockFixture fixture, int times, int locks = 1)
    {
        for (var i = 0; i < times; i++)
        {
            await AwaitsRenewalAsync(i);
            fixture.Time.Advance(Lease / 3);
        }

        // No renewal is on its way now: one that arrives later gives its lock a lease from then on.
        await AwaitsRenewalAsync(times);

        Task AwaitsRenewalAsync(int renewed) =>
            Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease, locks, limit: MaxHold - (Lease / 3 * renewed)));
    }

    private static Task PassAsync(LockFixture fixture)
    {
        fixture.Time.Advance(TimeSpan.FromMilliseconds(250));
        return Task.CompletedTask;
    }
}
