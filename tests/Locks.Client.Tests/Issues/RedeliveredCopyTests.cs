using Locks.Client.Tests.ConsumeFilter;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// The copy of a message that its holder still worked on was acknowledged after the lease and 10 s: when the holder failed later, the work
/// was lost.
/// </summary>
[Collection(nameof(GuardFixture))]
public sealed class RedeliveredCopyTests
{
    private readonly Payments _payments = new();

    [Fact]
    public async Task ACopy_IsNeverSkipped_HoweverLongTheLockIsBusy()
    {
        using var counts = new GuardMetrics();
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            guard =>
            {
                guard.Lease = GuardFixture.Lease;
                guard.SkipWhenBusy();
            },
            client: client => client.RequestTimeout = TimeSpan.FromMinutes(5));
        var holder = await fixture.HoldAsync("1");
        await PublishCopyAsync(fixture);
        await fixture.WaitUntilQueuedAsync("payment:1");
        var attempts = new HashSet<Guid>();

        // It waits for a quarter of an hour, then at the tail of its broker queue, then in the queue of the lock again.
        await Eventually.HoldsAsync(async () =>
        {
            var attempt = await AttemptAsync(fixture);
            // The copy is sent after the count, so an attempt that was read before is an earlier one.
            if (counts.Lines.Any(line => line.Contains("locks.guard.redelivered", StringComparison.Ordinal)))
                return true;
            if (attempt is { } id)
                attempts.Add(id);
            fixture.Time.Advance(attempt is null ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromSeconds(5));
            return false;
        });
        await Eventually.HoldsAsync(async () =>
        {
            // Far enough for a heartbeat and a repeated request, if a jump of time before has cost one, and not for the wait's end.
            fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
            return await AttemptAsync(fixture) is { } attempt && !attempts.Contains(attempt);
        });

        Assert.True(attempts.Count > 10, $"{attempts.Count} attempts");
        Assert.DoesNotContain(counts.Lines, line => line.Contains("skipped", StringComparison.Ordinal));
        await holder.ReleaseAsync();
        await _payments.AreCapturedAsync(1);
        Assert.Empty(_payments.Faults);
        Assert.Empty(_payments.Strays);
    }

    [Fact]
    public async Task AnotherMessageOfTheSameKey_IsSkipped_AlsoBesideACopyThatWaits()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, guard => guard.SkipWhenBusy());
        var holder = await fixture.HoldAsync("1");
        await PublishCopyAsync(fixture);
        await fixture.WaitUntilQueuedAsync("payment:1");

        await fixture.PublishAsync("1/b");
        await fixture.WaitForLogAsync($"Skipped {GuardFixture.Message}");
        await holder.ReleaseAsync();

        await _payments.AreCapturedAsync(1);
        Assert.Equal(["1"], _payments.Captured);
    }

    [Fact]
    public async Task AMessageThatIsGuardedTwiceWithOneKey_FailsAndSaysWhy()
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) => endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf),
            (context, consumer) => consumer.UseDistributedLock<PaymentConsumer, CapturePayment>(context, GuardFixture.KeyOf));

        await fixture.PublishAsync("1");

        var (exception, message) = await _payments.FaultAsync();
        Assert.Equal("InvalidOperationException", exception);
        Assert.Contains("is guarded twice: an outer guard holds the lock 'payment:1' already", message, StringComparison.Ordinal);
    }

    /// <summary>A delivery as a guard puts it at the tail of the queue: the in-memory transport redelivers nothing itself.</summary>
    private static Task PublishCopyAsync(LockFixture fixture) =>
        fixture.Bus.Publish(new CapturePayment("1"), send => send.Headers.Set(LockHeaders.Redeliveries, 1));

    private static async Task<Guid?> AttemptAsync(LockFixture fixture) =>
        (await fixture.StoredAsync("payment:1"))?.State.Waiters.Head?.AcquireId;
}
