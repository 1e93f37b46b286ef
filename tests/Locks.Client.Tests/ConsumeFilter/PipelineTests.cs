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

    public PipelineTests() => _coordinator.OnAcquire = asked => _coordinator.Grant(asked);

    [Fact]
    public async Task WhatLeavesTheOutbox_LeavesBeforeTheLockIsReleased()
    {
        await using var world = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf);
                endpoint.UseInMemoryOutbox(context);
            },
            standIn: _coordinator);
        var traffic = Traffic.Of(world.Bus);
        _payments.OnCapture = async context =>
        {
            await context.Publish(new PaymentCaptured(context.Message.PaymentId));
            traffic.Note("the consumer ends");
        };

        await world.PublishAsync("1");

        await _coordinator.ComesAsync<ReleaseLock>();
        Assert.Equal(["the consumer ends", "the message has left", "the release is sent"], traffic.Notes);
        Assert.DoesNotContain(world.Logs.Lines, line => line.Contains("inside an outbox", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsSentWithoutBeingAwaited_LeavesBeforeTheLockIsReleased()
    {
        await using var world = await GuardFixture.StartAsync(_payments, standIn: _coordinator);
        var traffic = Traffic.Of(world.Bus);
        var mayLeave = new TaskCompletionSource();
        _payments.OnCapture = context =>
        {
            // As Respond does, which nobody can await.
            context.AddConsumeTask(mayLeave.Task);
            return Task.CompletedTask;
        };
        await world.PublishAsync("1");
        await world.SaysAsync("RECEIVE loopback://localhost/till");

        traffic.Note("left at last");
        mayLeave.SetResult();

        await _coordinator.ComesAsync<ReleaseLock>();
        Assert.Equal(["left at last", "the release is sent"], traffic.Notes);
    }

    [Fact]
    public async Task AGuardInsideAnOutbox_IsWarnedOf_Once()
    {
        await using var world = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                endpoint.UseInMemoryOutbox(context);
                endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf);
            },
            standIn: _coordinator);

        await world.PublishAsync("1", "2");

        await _coordinator.ComesAsync<ReleaseLock>(2);
        Assert.Single(world.Logs.Lines, line => line.StartsWith("Warning ", StringComparison.Ordinal)
            && line.Contains("The guard of Locks.Client.Tests.ConsumeFilter.CapturePayment is inside an outbox", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public async Task ARetry_AsksForTheLockAnewOrKeepsIt_ByTheOrderOfConfiguration(bool retryIsOutside, int locks)
    {
        await using var world = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                if (retryIsOutside)
                    endpoint.UseMessageRetry(retry => retry.Immediate(5));
                endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf);
                if (!retryIsOutside)
                    endpoint.UseMessageRetry(retry => retry.Immediate(5));
            },
            standIn: _coordinator);
        _payments.OnCapture = _ => _payments.Captured.Count < 3 ? throw new InvalidOperationException("The bank is away.") : Task.CompletedTask;

        await world.PublishAsync("1");

        await _payments.AreCapturedAsync(3);
        await _coordinator.ComesAsync<ReleaseLock>(locks);
        Assert.Equal(locks, _coordinator.All<AcquireLock>().Count());
        Assert.Empty(_payments.Faults);
    }

    [Fact]
    public async Task AConsumersGuard_GuardsThatConsumerOnly()
    {
        await using var world = await GuardFixture.StartAsync(
            _payments,
            (endpoint, _) => endpoint.Handler<CapturePayment>(context =>
            {
                _payments.Find($"handled {context.Message.PaymentId}");
                return Task.CompletedTask;
            }),
            (context, till) => till.UseDistributedLock<Till, CapturePayment>(context, GuardFixture.KeyOf));
        await using var holder = await world.HoldAsync("1");

        await world.PublishAsync("1");
        await world.SaysAsync($"Skipped {GuardFixture.Message}");

        await Eventually.HoldsAsync(() => _payments.Strays.Contains("handled 1"));
        Assert.Empty(_payments.Captured);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public async Task AConsumersRetry_AsksForTheLockAnewOrKeepsIt_ByTheOrderOfConfiguration(bool retryIsOutside, int locks)
    {
        await using var world = await GuardFixture.StartAsync(
            _payments,
            (_, _) => { },
            (context, till) =>
            {
                if (retryIsOutside)
                    till.UseMessageRetry(retry => retry.Immediate(5));
                till.UseDistributedLock<Till, CapturePayment>(context, GuardFixture.KeyOf);
                if (!retryIsOutside)
                    till.UseMessageRetry(retry => retry.Immediate(5));
            },
            _coordinator);
        _payments.OnCapture = _ => _payments.Captured.Count < 3 ? throw new InvalidOperationException("The bank is away.") : Task.CompletedTask;

        await world.PublishAsync("1");

        await _payments.AreCapturedAsync(3);
        await _coordinator.ComesAsync<ReleaseLock>(locks);
        Assert.Equal(locks, _coordinator.All<AcquireLock>().Count());
    }
}
