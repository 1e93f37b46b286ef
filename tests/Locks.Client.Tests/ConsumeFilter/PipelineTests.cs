using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>Where a guard is among the other filters of a pipeline.</summary>
[Collection(nameof(GuardFixture))]
public sealed class PipelineTests
{
    private readonly Payments _payments = new();
    private readonly FakeCoordinator _coordinator = new();

    public PipelineTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    [Fact]
    public async Task WhatLeavesTheOutbox_LeavesBeforeTheLockIsReleased()
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf);
                endpoint.UseInMemoryOutbox(context);
            },
            coordinator: _coordinator);
        var sendOrder = SendOrderRecorder.Of(fixture.Bus);
        _payments.OnCapture = async context =>
        {
            await context.Publish(new PaymentCaptured(context.Message.PaymentId));
            sendOrder.Record("the consumer ends");
        };

        await fixture.PublishAsync("1");

        await _coordinator.ReceivedAsync<ReleaseLock>();
        Assert.Equal(["the consumer ends", "the message has left", "the release is sent"], sendOrder.Events);
        Assert.DoesNotContain(fixture.Logs.Lines, line => line.Contains("inside an outbox", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsSentWithoutBeingAwaited_LeavesBeforeTheLockIsReleased()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, coordinator: _coordinator);
        var sendOrder = SendOrderRecorder.Of(fixture.Bus);
        var mayLeave = new TaskCompletionSource();
        _payments.OnCapture = context =>
        {
            // Respond does the same, and can't be awaited.
            context.AddConsumeTask(mayLeave.Task);
            return Task.CompletedTask;
        };
        await fixture.PublishAsync("1");
        await fixture.WaitForLogAsync("RECEIVE loopback://localhost/payments");

        sendOrder.Record("left at last");
        mayLeave.SetResult();

        await _coordinator.ReceivedAsync<ReleaseLock>();
        Assert.Equal(["left at last", "the release is sent"], sendOrder.Events);
    }

    [Fact]
    public async Task AGuardInsideAnOutbox_IsWarnedOf_Once()
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                endpoint.UseInMemoryOutbox(context);
                endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf);
            },
            coordinator: _coordinator);

        await fixture.PublishAsync("1", "2");

        await _coordinator.ReceivedAsync<ReleaseLock>(2);
        Assert.Single(fixture.Logs.Lines, line => line.StartsWith("Warning ", StringComparison.Ordinal)
            && line.Contains("The guard of Locks.Client.Tests.ConsumeFilter.CapturePayment is inside an outbox", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public async Task ARetry_RequestsTheLockAnewOrKeepsIt_ByTheOrderOfConfiguration(bool retryIsOutside, int locks)
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                if (retryIsOutside)
                    endpoint.UseMessageRetry(retry => retry.Immediate(5));
                endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf);
                if (!retryIsOutside)
                    endpoint.UseMessageRetry(retry => retry.Immediate(5));
            },
            coordinator: _coordinator);
        _payments.OnCapture = _ => _payments.Captured.Count < 3 ? throw new InvalidOperationException(
            "The bank is away.") : Task.CompletedTask;

        await fixture.PublishAsync("1");

        await _payments.AreCapturedAsync(3);
        await _coordinator.ReceivedAsync<ReleaseLock>(locks);
        Assert.Equal(locks, _coordinator.All<AcquireLock>().Count());
        Assert.Empty(_payments.Faults);
    }

    [Fact]
    public async Task AConsumersGuard_GuardsThatConsumerOnly()
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, _) => endpoint.Handler<CapturePayment>(context =>
            {
                _payments.RecordStray($"handled {context.Message.PaymentId}");
                return Task.CompletedTask;
            }),
            (context, paymentConsumer) => paymentConsumer.UseDistributedLock<PaymentConsumer, CapturePayment>(context, GuardFixture.KeyOf));
        await using var holder = await fixture.HoldAsync("1");

        await fixture.PublishAsync("1");
        await fixture.WaitForLogAsync($"Skipped {GuardFixture.Message}");

        await Eventually.HoldsAsync(() => _payments.Strays.Contains("handled 1"));
        Assert.Empty(_payments.Captured);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public async Task AConsumersRetry_RequestsTheLockAnewOrKeepsIt_ByTheOrderOfConfiguration(bool retryIsOutside, int locks)
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (_, _) => { },
            (context, paymentConsumer) =>
            {
                if (retryIsOutside)
                    paymentConsumer.UseMessageRetry(retry => retry.Immediate(5));
                paymentConsumer.UseDistributedLock<PaymentConsumer, CapturePayment>(context, GuardFixture.KeyOf);
                if (!retryIsOutside)
                    paymentConsumer.UseMessageRetry(retry => retry.Immediate(5));
            },
            _coordinator);
        _payments.OnCapture = _ => _payments.Captured.Count < 3 ? throw new InvalidOperationException(
            "The bank is away.") : Task.CompletedTask;

        await fixture.PublishAsync("1");

        await _payments.AreCapturedAsync(3);
        await _coordinator.ReceivedAsync<ReleaseLock>(locks);
        Assert.Equal(locks, _coordinator.All<AcquireLock>().Count());
    }
}
