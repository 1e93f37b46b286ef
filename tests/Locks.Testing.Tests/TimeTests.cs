using Locks.Client;
using Locks.TestKit;
using Xunit;

namespace Locks.Testing.Tests;

/// <summary>Time that the test moves.</summary>
public sealed class TimeTests
{
    private const string Key = AppUnderTest.Key;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task ALeaseOfADay_Expires_InNoRealTime()
    {
        await using var app = await AppUnderTest.StartAsync();
        await using var handle = await app.Client.TryAcquireAsync(Key, TimeSpan.FromHours(24));
        var start = TimeProvider.System.GetTimestamp();

        await app.Locks.AdvanceAsync(TimeSpan.FromHours(24));

        Assert.True(handle!.Lost.IsCancellationRequested);
        Assert.Null(app.Locks.Look(Key).Holder);
        Assert.Equal(app.Time.Start + TimeSpan.FromHours(24), app.Locks.Look(Key).History[^1].At);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Advance_LetsEachExpiryHappenAtItsMoment_HoweverFarItGoes()
    {
        await using var app = await AppUnderTest.StartAsync();
        await app.Locks.BusyAsync(Key, "first", lease: Lease);
        var second = app.Client.AcquireAsync(Key, TimeSpan.FromHours(1), new LockOptions { Lease = Lease, Owner = "second" });
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);
        var third = app.Client.AcquireAsync(Key, TimeSpan.FromHours(1), new LockOptions { Lease = Lease, Owner = "third" });
        await app.Locks.ShouldHaveWaitersAsync(Key, 2);

        await app.Locks.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.True((await second.Within()).Lost.IsCancellationRequested);
        Assert.True((await third.Within()).Lost.IsCancellationRequested);
        Assert.Equal(
            [("first", 30), ("second", 60), ("third", 90)],
            app.Locks.Look(Key).OfKind(LockEventKind.Expired).Select(end => (end.Owner!, (int)(end.At - app.Time.Start).TotalSeconds)));
    }

    [Fact]
    public async Task Advance_LetsRenewalsHappen_HoweverFarItGoes()
    {
        await using var app = await AppUnderTest.StartAsync();
        await using var handle = await app.Client.TryAcquireAsync(Key, new LockOptions { Lease = Lease, AutoRenew = true });

        await app.Locks.AdvanceAsync(TimeSpan.FromMinutes(20));

        Assert.True(handle!.IsHeld);
        Assert.Equal(120, app.Locks.Look(Key).OfKind(LockEventKind.Renewed).Count());
        Assert.Empty(app.Locks.Look(Key).OfKind(LockEventKind.Expired));
    }

    [Fact]
    public async Task Advance_ByNothing_WaitsForWhatIsUnderWay()
    {
        await using var app = await AppUnderTest.StartAsync();
        var trying = app.Client.TryAcquireAsync(Key, Lease);

        await app.Locks.AdvanceAsync(TimeSpan.Zero);

        Assert.True(trying.IsCompleted);
        await (await trying)!.DisposeAsync();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(367)]
    public async Task Advance_RefusesOtherTimes(int days)
    {
        await using var app = await AppUnderTest.StartAsync();

        var refusal = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => app.Locks.AdvanceAsync(TimeSpan.FromDays(days)));

        Assert.Contains("Time moves by zero to 366.00:00:00", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheApplicationsTime_IsTheHarness_UnlessTheTestWantsOtherwise()
    {
        await using var shared = await AppUnderTest.StartAsync();
        await using var apart = await AppUnderTest.StartAsync(options => options.ShareTime = false);
        await using var handle = await apart.Client.TryAcquireAsync(Key, Lease);

        await apart.Locks.AdvanceAsync(Lease);

        Assert.Same(shared.Time, shared.Get<TimeProvider>());
        Assert.Same(TimeProvider.System, apart.Get<TimeProvider>());
        Assert.True(handle!.Lost.IsCancellationRequested);
        Assert.Null(apart.Locks.Look(Key).Holder);
    }

    [Fact]
    public async Task TheTest_CanBringItsOwnTime()
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var app = await AppUnderTest.StartAsync(options => options.Time = time);

        await using var busy = await app.Locks.BusyAsync(Key);

        Assert.Equal(time.Start, app.Locks.Look(Key).History.Single().At);
    }
}
