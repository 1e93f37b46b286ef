using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>A guarded message whose lock is free, or can't be had at all.</summary>
[Collection(nameof(GuardFixture))]
public sealed class LockGuardTests
{
    private readonly Payments _payments = new();

    [Fact]
    public async Task AFreeLock_IsHeldWhileTheConsumerRuns_AndReleasedThen()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, guard =>
        {
            guard.Lease = TimeSpan.FromMinutes(2);
            guard.Owner = "worker 3";
        });
        LockWhileRunning? seen = null;
        _payments.OnCapture = async _ =>
        {
            var holder = (await fixture.StoredAsync("payment:1"))!.State.Holder!;
            seen = new LockWhileRunning(holder.Owner, holder.Ttl);
        };

        await fixture.PublishAsync("1");

        await _payments.AreCapturedAsync(1);
        await fixture.WaitUntilFreeAsync("1");
        Assert.Equal(new LockWhileRunning("worker 3", TimeSpan.FromMinutes(2)), seen);
    }

    [Fact]
    public async Task TheLock_IsRenewedWhileTheConsumerRuns()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, guard => guard.Lease = GuardFixture.Lease);
        var done = new TaskCompletionSource();
        _payments.OnCapture = _ => done.Task;
        await fixture.PublishAsync("1");
        await _payments.AreCapturedAsync(1);

        for (var renewals = 0; renewals < 6; renewals++)
        {
            await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(GuardFixture.Lease));
            fixture.Time.Advance(GuardFixture.Lease / 3);
        }

        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(GuardFixture.Lease));
        Assert.False(await fixture.IsFreeAsync("payment:1"));
        done.SetResult();
        await fixture.WaitUntilFreeAsync("1");
        Assert.Empty(_payments.Faults);
    }

    [Fact]
    public async Task AConsumerThatFails_ReleasesTheLock()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments);
        _payments.OnCapture = _ => throw new InvalidOperationException("The bank says no.");

        await fixture.PublishAsync("1");

        Assert.Equal(("InvalidOperationException", "The bank says no."), await _payments.FaultAsync());
        await fixture.WaitUntilFreeAsync("1");
        await Eventually.HoldsAsync(() => _payments.Strays.Contains("failed 1"));
    }

    [Theory]
    [InlineData("", "its Key is missing or empty; it must have 1 to 512 UTF-8 bytes.")]
    [InlineData(null, "its Key is missing or empty; it must have 1 to 512 UTF-8 bytes.")]
    [InlineData("long", "its Key has 513 UTF-8 bytes; the limit is 512.")]
    public async Task ABadKey_FailsTheMessage_AndSaysWhy(string? key, string problem)
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) => endpoint.UseDistributedLock<CapturePayment>(context, _ => key == "long" ? new string('x', 513) : key));

        await fixture.PublishAsync("1");

        var (exception, message) = await _payments.FaultAsync();
        Assert.Equal("ArgumentException", exception);
        Assert.StartsWith($"{GuardFixture.Message} ", message, StringComparison.Ordinal);
        Assert.EndsWith($"can't be guarded: {problem}", message, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => _payments.Strays.Contains("failed 1"));
        Assert.Empty(_payments.Captured);
    }

    [Fact]
    public async Task ACoordinatorThatIsAway_FailsTheMessage_AndNothingIsConsumed()
    {
        using var counts = new GuardMetrics();
        var away = new FakeCoordinator { OnAcquire = _ => throw new InvalidOperationException("the store is away") };
        await using var fixture = await GuardFixture.StartAsync(_payments, coordinator: away);

        await fixture.PublishAsync("1");

        Assert.Equal("LockUnavailableException", (await _payments.FaultAsync()).Exception);
        await Eventually.HoldsAsync(() => _payments.Strays.Contains("failed 1"));
        Assert.Empty(_payments.Captured);
        Assert.Equal([$"locks.guard.faulted 1 locks.message_type={GuardFixture.Message} error.type=Locks.Client.LockUnavailableException"], counts.Lines);
    }

    [Fact]
    public async Task ACoordinatorThatComesBack_IsFoundByTheRetryPolicy()
    {
        var isAway = true;
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = acquire => isAway ? throw new InvalidOperationException("the store is away") : coordinator.Grant(acquire);
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                endpoint.UseMessageRetry(retry =>
                {
                    retry.Handle<LockUnavailableException>();
                    retry.Interval(100, TimeSpan.FromMilliseconds(20));
                });
                endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf);
            },
            coordinator: coordinator);
        await fixture.PublishAsync("1");
        await fixture.WaitForLogAsync("the store is away");

        isAway = false;

        await _payments.AreCapturedAsync(1);
        Assert.Empty(_payments.Faults);
    }

    private sealed record LockWhileRunning(string Owner, TimeSpan Lease);
}
