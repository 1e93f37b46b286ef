using Locks.Coordinator.Clocks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Locks.Coordinator.Tests.Clocks;

public sealed class ClockHealthCheckTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeStoreTime _store;
    private readonly CoordinatorClock _clock;

    public ClockHealthCheckTests()
    {
        _store = new FakeStoreTime(_time);
        _clock = new CoordinatorClock(_time, _store);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ACoordinatorThatHasNotReadTheStoresClock_IsNotReady()
    {
        var result = await CheckAsync();

        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Equal("The store's time is not known yet.", result.Description);
    }

    [Fact]
    public async Task AWallClockThatIsOff_IsTold_AndDoesNoHarm()
    {
        await _clock.EnsureKnownAsync(Cancel);

        var result = await CheckAsync();

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal(-30.0, Assert.IsType<double>(result.Data["wallClockOffsetSeconds"]), 0.001);
        Assert.Contains("30.000 s behind", result.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACoordinatorWhoseStoreWasAwayForLong_IsNotReady()
    {
        await _clock.EnsureKnownAsync(Cancel);
        _time.Advance(TimeSpan.FromMinutes(10));

        var result = await CheckAsync();

        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("too little to decide by", result.Description, StringComparison.Ordinal);
    }

    private Task<HealthCheckResult> CheckAsync()
    {
        var check = new ClockHealthCheck(_clock);
        return check.CheckHealthAsync(
            new HealthCheckContext { Registration = new HealthCheckRegistration("locks-clock", check, HealthStatus.Unhealthy, []) }, Cancel);
    }
}
