using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>A guarded message whose lock another owner holds.</summary>
[Collection(nameof(GuardFixture))]
public sealed class WhenBusyTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);

    private readonly Payments _payments = new();
    private readonly GuardMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Skip_AcknowledgesTheMessage_CountsAndLogsIt(bool byDefault)
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, guard =>
        {
            if (!byDefault)
                guard.SkipWhenBusy();
        });
        await using var holder = await fixture.HoldAsync("1");

        await fixture.PublishAsync("1");
        await fixture.WaitForLogAsync($"Skipped {GuardFixture.Message}");
        await holder.ReleaseAsync();
        await fixture.PublishAsync("1", "2");

        await _payments.AreCapturedAsync(2);
        Assert.Equal(["1", "2"], _payments.Captured.Order());
        Assert.Contains(fixture.Logs.Lines, line => line.StartsWith("Information ", StringComparison.Ordinal)
            && line.Contains("another owner holds the lock payment:1.", StringComparison.Ordinal));
        Assert.Equal([$"locks.guard.skipped 1 locks.message_type={GuardFixture.Message}"], _metrics.Lines);
        Assert.Empty(_payments.Strays);
        Assert.Empty(_payments.Faults);
    }

    [Fact]
    public async Task Wait_ConsumesOneAtATime_InTheOrderInWhichTheMessagesArrived()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, guard => guard.WaitWhenBusy(TimeSpan.FromMinutes(5)));
        await using var holder = await fixture.HoldAsync("1");
        string[] messages = ["1/a", "1/b", "1/c", "1/d"];
        for (var i = 0; i < messages.Length; i++)
        {
            await fixture.PublishAsync(messages[i]);
            await Eventually.HoldsAsync(async () => await fixture.WaitersAsync("payment:1") == i + 1);
        }

        Assert.Empty(_payments.Captured);
        await holder.ReleaseAsync();

        await _payments.AreCapturedAsync(4);
        await fixture.WaitUntilFreeAsync("1");
        Assert.Equal(messages, _payments.Captured);
        Assert.Equal(Enumerable.Repeat($"locks.guard.waited 1 locks.message_type={GuardFixture.Message}", 4), _metrics.Lines);
        Assert.Empty(_payments.Faults);
    }

    [Fact]
    public async Task Wait_BeyondItsLimit_FailsTheMessage()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, guard => guard.WaitWhenBusy(Limit));
        await using var holder = await fixture.HoldAsync("1");
        await fixture.PublishAsync("1");
        await fixture.WaitUntilQueuedAsync("payment:1");

        fixture.Time.Advance(Limit);

        var (exception, message) = await _payments.FaultAsync();
        Assert.Equal("LockTimeoutException", exception);
        Assert.StartsWith("The lock 'payment:1' was not free within 00:00:05. It is held by '", message, StringComparison.Ordinal);
        Assert.EndsWith("This process holds it itself, and locks are not reentrant.", message, StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => await fixture.WaitersAsync("payment:1") == 0);
        await Eventually.HoldsAsync(() => _payments.Strays.Contains("failed 1"));
        Assert.Empty(_payments.Captured);
    }

    [Fact]
    public async Task Redeliver_BringsTheMessageBackAfterTheDelay()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, guard => guard.RedeliverWhenBusy(Delay, maxTimes: 5));
        var holder = await fixture.HoldAsync("1");
        ConsumeContext? consumed = null;
        _payments.OnCapture = context => Task.FromResult(consumed = context);
        var messageId = Guid.CreateVersion7();
        await fixture.Bus.Publish(new CapturePayment("1"), send =>
        {
            send.MessageId = messageId;
            send.Headers.Set("Color", "blue");
        });

        await fixture.WaitForLogAsync("comes again in 00:00:03 as redelivery 1: another owner holds the lock payment:1.");
        await PassAsync(fixture);
        await fixture.WaitForLogAsync("comes again in 00:00:03 as redelivery 2: another owner holds the lock payment:1.");
        await holder.ReleaseAsync();
        await PassAsync(fixture);

        await _payments.AreCapturedAsync(1);
        await fixture.WaitUntilFreeAsync("1");
        Assert.Equal(messageId, consumed!.GetOriginalMessageId());
        Assert.Equal("blue", consumed!.Headers.Get<string>("Color"));
        Assert.Equal(0, consumed!.GetRedeliveryCount());
        Assert.Equal(Enumerable.Repeat($"locks.guard.redelivered 1 locks.message_type={GuardFixture.Message}", 2), _metrics.Lines);
        Assert.Empty(_payments.Strays);
    }

    [Fact]
    public async Task Redeliver_MoreThanAllowed_FailsTheMessage()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, guard => guard.RedeliverWhenBusy(Delay, maxTimes: 2));
        await using var holder = await fixture.HoldAsync("1");
        await fixture.PublishAsync("1");

        await PassAsync(fixture);
        await fixture.WaitForLogAsync("as redelivery 2:");
        await PassAsync(fixture);

        var (exception, message) = await _payments.FaultAsync();
        Assert.Equal("LockBusyException", exception);
        Assert.StartsWith(
            "The lock 'payment:1' is held by another owner, still after 2 redeliveries. It is held by '", message, StringComparison.Ordinal);
        Assert.EndsWith("no caller waits for it. This process holds it itself, and locks are not reentrant.", message, StringComparison.Ordinal);
        Assert.Empty(_payments.Captured);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Redeliver_WhereTheEndpointHasItsOwnMeans_UsesThem(bool configuredRedelivery)
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                if (configuredRedelivery)
                    endpoint.UseDelayedRedelivery(redelivery => redelivery.None());
                endpoint.UseDistributedLock<CapturePayment>(
                    context, GuardFixture.KeyOf, guard => guard.RedeliverWhenBusy(TimeSpan.FromMilliseconds(50), maxTimes: 10_000));
            },
            transport: transport =>
            {
                if (!configuredRedelivery)
                    transport.UseDelayedMessageScheduler();
            });
        var holder = await fixture.HoldAsync("1");
        await fixture.PublishAsync("1");

        // The fixture's clock stands still: the transport itself held the message until its redelivery.
        await fixture.WaitForLogAsync("as redelivery 3:");
        await holder.ReleaseAsync();

        await _payments.AreCapturedAsync(1);
        Assert.Empty(_payments.Faults);
    }

    [Fact]
    public async Task Redeliveries_OfABusyLock_AreNotThoseOfARetryPolicy()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, (endpoint, context) =>
        {
            endpoint.UseDelayedRedelivery(redelivery => redelivery.Intervals(TimeSpan.FromMilliseconds(50)));
            endpoint.UseDistributedLock<CapturePayment>(
                context, GuardFixture.KeyOf, guard => guard.RedeliverWhenBusy(TimeSpan.FromMilliseconds(50), maxTimes: 10_000));
        });
        _payments.OnCapture = _ => _payments.Captured.Count == 1 ? throw new InvalidOperationException(
            "The bank is away.") : Task.CompletedTask;
        var holder = await fixture.HoldAsync("1");
        await fixture.PublishAsync("1");

        await fixture.WaitForLogAsync("as redelivery 3:");
        await holder.ReleaseAsync();

        // The policy allows one redelivery of a failure, whatever came before.
        await _payments.AreCapturedAsync(2);
        await fixture.WaitUntilFreeAsync("1");
        Assert.Empty(_payments.Faults);
    }

    [Fact]
    public async Task Fault_FailsTheMessage_AndReportsTheFaultToTheRequester()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, guard => guard.FaultWhenBusy());
        await using var holder = await fixture.HoldAsync("1");
        var client = fixture.Bus.CreateRequestClient<CapturePayment>();

        var refusal = await Assert.ThrowsAsync<RequestFaultException>(
            () => client.GetResponse<PaymentCaptured>(new CapturePayment("1")).Within());

        Assert.Contains("The lock 'payment:1' is held by another owner.", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([$"locks.guard.faulted 1 locks.message_type={GuardFixture.Message} error.type=Locks.Client.LockBusyException"], _metrics.Lines);
        await Eventually.HoldsAsync(() => _payments.Strays.Contains("failed 1"));
        Assert.Empty(_payments.Captured);
    }

    [Fact]
    public async Task Fault_IsForTheRetryPolicyToHandle()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, (endpoint, context) =>
        {
            endpoint.UseMessageRetry(retry =>
            {
                retry.Handle<LockBusyException>();
                retry.Interval(10_000, TimeSpan.FromMilliseconds(20));
            });
            endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf, guard => guard.FaultWhenBusy());
        });
        var holder = await fixture.HoldAsync("1");
        await fixture.PublishAsync("1");
        await Eventually.HoldsAsync(() => _metrics.Lines.Count >= 3);

        await holder.ReleaseAsync();

        await _payments.AreCapturedAsync(1);
        Assert.Empty(_payments.Faults);
        Assert.Empty(_payments.Strays);
    }

    private static async Task PassAsync(LockFixture fixture)
    {
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(Delay));
        fixture.Time.Advance(Delay);
    }
}
