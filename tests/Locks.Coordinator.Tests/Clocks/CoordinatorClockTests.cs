using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Xunit;

namespace Locks.Coordinator.Tests.Clocks;

/// <summary>The time by which coordinators decide.</summary>
public sealed class CoordinatorClockTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly FakeStoreTime _store;
    private readonly CoordinatorClock _clock;
    private readonly List<TimeSpan> _corrections = [];

    public CoordinatorClockTests()
    {
        _store = new FakeStoreTime(_time);
        _clock = new CoordinatorClock(_time, _store);
        _clock.Corrected += _corrections.Add;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TimeSpan Off => _clock.Now - _store.Now;

    [Fact]
    public async Task TheTime_IsNotKnown_BeforeTheStoreWasAsked()
    {
        Assert.False(_clock.IsKnown);
        Assert.Null(_clock.Error);

        await _clock.EnsureKnownAsync(Cancel);

        Assert.True(_clock.IsKnown);
        Assert.Equal(TimeSpan.Zero, Off);
        Assert.Equal(1, _store.Reads);
    }

    [Fact]
    public async Task ATimeThatIsKnown_IsNotAskedForAgain()
    {
        await _clock.EnsureKnownAsync(Cancel);
        _time.Advance(TimeSpan.FromSeconds(60));

        await _clock.EnsureKnownAsync(Cancel);

        Assert.Equal(1, _store.Reads);
    }

    [Theory]
    [InlineData(0, 40)]
    [InlineData(40, 0)]
    [InlineData(15, 25)]
    public async Task TheTime_IsTheStores_ToWithinHalfARoundTrip(int there, int back)
    {
        (_store.There, _store.Back) = (there * Millisecond, back * Millisecond);
        await _clock.EnsureKnownAsync(Cancel);

        Assert.True(Off.Duration() <= 20 * Millisecond);
        Assert.InRange(_clock.Error!.Value, 20 * Millisecond, 21 * Millisecond);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    [InlineData(3_600)]
    public async Task AWallClockThatIsSet_ChangesNothing(int seconds)
    {
        await _clock.EnsureKnownAsync(Cancel);
        _time.JumpWallClock(TimeSpan.FromSeconds(seconds));
        _time.Advance(TimeSpan.FromSeconds(7));

        await _clock.EnsureKnownAsync(Cancel);

        Assert.Equal(TimeSpan.Zero, Off);
        Assert.Empty(_corrections);
        Assert.Equal(TimeSpan.FromSeconds(seconds - 30), _clock.WallClockOffset);
    }

    [Fact]
    public async Task AfterASuspension_TheStoreIsAsked_BeforeAnythingIsDecided()
    {
        await _clock.EnsureKnownAsync(Cancel);
        Suspend(TimeSpan.FromSeconds(60));

        Assert.False(_clock.IsKnown);
        await _clock.EnsureKnownAsync(Cancel);

        Assert.Equal(2, _store.Reads);
        Assert.Equal(TimeSpan.Zero, Off);
        Assert.Equal([TimeSpan.FromSeconds(60)], _corrections.Select(Rounded));
    }

    [Fact]
    public async Task ASuspensionThatNoClockTells_IsFound_ByTheNextReading()
    {
        await _clock.EnsureKnownAsync(Cancel);
        _store.Ahead += TimeSpan.FromSeconds(60);

        await _clock.ReadStoreAsync(Cancel);

        Assert.Equal(1, _clock.Corrections);
        Assert.Equal(TimeSpan.Zero, Off);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(40, 0)]
    [InlineData(0, 40)]
    [InlineData(200, 200)]
    public async Task TheStoresTime_IsWithinWhatIsExpected_UnlessTheTimeIsWrong(int there, int back)
    {
        (_store.There, _store.Back) = (Millisecond * there, Millisecond * back);
        Assert.Null(_clock.Expect());
        await _clock.EnsureKnownAsync(Cancel);

        for (var late = 0; late <= 100; late += 50, _time.Advance(Millisecond * 50))
        {
            var expected = _clock.Expect()!.Value;
            Assert.InRange(_store.Now, expected.From, expected.Until);
            Assert.InRange(expected.Until - expected.From, CoordinatorClock.MaxError * 2, CoordinatorClock.MaxError * 4);
            Assert.True(_store.Now + (CoordinatorClock.MaxError * 3) > expected.Until);
            Assert.True(_store.Now - (CoordinatorClock.MaxError * 3) < expected.From);
        }
    }

    [Fact]
    public async Task NothingIsExpected_WhenAReadingIsDue()
    {
        await _clock.EnsureKnownAsync(Cancel);
        Assert.NotNull(_clock.Expect());

        _time.Advance(Millisecond * 101);
        Assert.Null(_clock.Expect());

        await _clock.ReadStoreAsync(Cancel);
        Assert.NotNull(_clock.Expect());
        Suspend(TimeSpan.FromSeconds(60));
        Assert.Null(_clock.Expect());
        Assert.Null(new CoordinatorClock(_time).Expect());
    }

    [Fact]
    public async Task AnAnswerFromBeforeASuspension_DoesNotCount()
    {
        await _clock.EnsureKnownAsync(Cancel);
        var sentAt = _clock.Elapsed;
        var answer = _store.Now;
        Suspend(TimeSpan.FromSeconds(60));

        _clock.Observe(sentAt, answer);

        Assert.False(_clock.IsKnown);
    }

    [Fact]
    public async Task SmallCorrections_NeverTakeTheTimeBack()
    {
        _store.There = 100 * Millisecond;
        await _clock.EnsureKnownAsync(Cancel);
        var before = _clock.Now;
        Assert.Equal(50 * Millisecond, Off);

        // A quicker answer tells that the time is ahead.
        _store.There = TimeSpan.Zero;
        await _clock.ReadStoreAsync(Cancel);

        for (var i = 0; i < 400; i++)
        {
            _time.Advance(Millisecond);
            var now = _clock.Now;
            Assert.True(now >= before);
            before = now;
        }

        Assert.True(Off.Duration() <= Millisecond, $"{Off} off");
        Assert.Empty(_corrections);
    }

    [Fact]
    public async Task TheTime_NeverGoesBack_WhateverTheReadingsSay()
    {
        var random = new Random(7);
        var before = DateTimeOffset.MinValue;
        for (var i = 0; i < 5_000; i++)
        {
            (_store.There, _store.Back) = (random.Next(0, 80) * Millisecond, random.Next(0, 80) * Millisecond);
            if (i % 7 == 0)
                await _clock.ReadStoreAsync(Cancel);
            _time.Advance(random.Next(0, 30) * Millisecond);
            if (i % 50 == 0)
                _time.JumpWallClock(TimeSpan.FromSeconds(random.Next(-40, 40)));
            await _clock.EnsureKnownAsync(Cancel);

            var now = _clock.Now;
            Assert.True(now >= before, $"{before:O} and then {now:O}");
            Assert.True(Off.Duration() <= CoordinatorClock.MaxError, $"{Off} off");
            before = now;
        }

        Assert.Empty(_corrections);
    }

    [Fact]
    public async Task AStoreWhoseClockIsSet_IsFollowed_BothWays()
    {
        await _clock.EnsureKnownAsync(Cancel);
        foreach (var step in (TimeSpan[])[TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(-5)])
        {
            _ = _clock.Now;
            _store.Ahead += step;
            await _clock.ReadStoreAsync(Cancel);

            Assert.Equal(TimeSpan.Zero, Off);
        }

        Assert.Equal(2, _clock.Corrections);
    }

    [Fact]
    public async Task TheTime_IsNotKnownAnyMore_WhenTheStoreWasAwayForLong()
    {
        await _clock.EnsureKnownAsync(Cancel);
        _store.Failure = new LockStoreUnavailableException("The store is away.", new TimeoutException());

        _time.Advance(TimeSpan.FromSeconds(249));
        Assert.True(_clock.IsKnown);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(_clock.IsKnown);

        await Assert.ThrowsAsync<LockStoreUnavailableException>(() => _clock.EnsureKnownAsync(Cancel).AsTask());
    }

    [Fact]
    public async Task AStoreThatIsTooFarAway_IsNotUsed_AndTheErrorSaysSo()
    {
        (_store.There, _store.Back) = (TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(0.4));

        var error = await Assert.ThrowsAsync<LockStoreUnavailableException>(() => _clock.EnsureKnownAsync(Cancel).AsTask());

        Assert.Contains("400 ms", error.Message, StringComparison.Ordinal);
        Assert.Contains("250 ms", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AClockOfItsOwn_GoesOn_WhateverTheWallClockDoes()
    {
        var clock = new CoordinatorClock(_time);
        var start = clock.Now;
        _time.JumpWallClock(TimeSpan.FromSeconds(-30));
        _time.Advance(TimeSpan.FromSeconds(10));
        _time.JumpWallClock(TimeSpan.FromSeconds(90));

        Assert.True(clock.IsKnown);
        Assert.Equal(start + TimeSpan.FromSeconds(10), clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(60), clock.WallClockOffset);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    public void AThreadThatLosesItsProcessorBesideAReading_TellsNoOffset(int reading, bool isBefore)
    {
        var time = new StallingTimeProvider(_time, reading, isBefore);
        var clock = new CoordinatorClock(time);

        var offset = clock.WallClockOffset;

        Assert.Equal(StallingTimeProvider.Stall, _time.GetUtcNow() - _time.Start);
        var drift = StallingTimeProvider.Stall * OffsetBounds.MaxDrift;
        Assert.InRange(offset, -drift, drift);
        Assert.InRange(clock.Now - _time.GetUtcNow(), -drift, drift);
    }

    [Fact]
    public async Task Times_AreWholeMicroseconds()
    {
        _store.Ahead = new TimeSpan(1_234_567);
        await _clock.EnsureKnownAsync(Cancel);

        Assert.Equal(0, _clock.Now.Ticks % TimeSpan.TicksPerMicrosecond);
    }

    private static TimeSpan Rounded(TimeSpan time) => TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));

    private void Suspend(TimeSpan time)
    {
        _time.Suspend(time);
        _store.Ahead += time;
    }

    /// <summary>Stalls for some time before or after one reading of the wall clock.</summary>
    private sealed class StallingTimeProvider(ManualTimeProvider time, int reading, bool isBefore) : TimeProvider
    {
        public static readonly TimeSpan Stall = 10 * Millisecond;

        private int _readings;

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow()
        {
            var stalls = ++_readings == reading;
            if (stalls && isBefore)
                time.Advance(Stall);
            var now = time.GetUtcNow();
            if (stalls && !isBefore)
                time.Advance(Stall);
            return now;
        }
    }
}
