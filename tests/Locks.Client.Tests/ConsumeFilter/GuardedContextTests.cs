using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>What a guarded consumer has of its lock.</summary>
[Collection(nameof(GuardFixture))]
public sealed class GuardedContextTests : IDisposable
{
    private readonly Payments _payments = new();
    private readonly FakeCoordinator _coordinator = new();
    private readonly GuardMetrics _metrics = new();

    public GuardedContextTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task TheHandle_IsAPayload()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, coordinator: _coordinator);
        (string, bool, long, long) seen = default;
        _payments.OnCapture = context =>
        {
            var handle = context.GetPayload<ILockHandle>();
            seen = (handle.Key, handle.IsHeld, handle.FencingToken, context.FencingToken());
            return Task.CompletedTask;
        };

        await fixture.PublishAsync("1");

        await _coordinator.ReceivedAsync<ReleaseLock>();
        Assert.Equal(("payment:1", true, 1, 1), seen);
    }

    [Fact]
    public async Task AConsumerThatIsNotGuarded_HasNoFencingToken()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, (_, _) => { });
        _payments.OnCapture = context => Task.FromResult(context.FencingToken());

        await fixture.PublishAsync("1");

        Assert.Equal("PayloadNotFoundException", (await _payments.FaultAsync()).Exception);
    }

    [Theory]
    [InlineData("publish", false)]
    [InlineData("send", false)]
    [InlineData("respond", false)]
    [InlineData("publish", true)]
    [InlineData("send", true)]
    [InlineData("respond", true)]
    public async Task WhatTheConsumerSends_CarriesKeyAndFencingToken(string options, bool throughOutbox)
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf);
                if (throughOutbox)
                    endpoint.UseInMemoryOutbox(context);
            },
            coordinator: _coordinator);
        _payments.OnCapture = async context =>
        {
            var message = new PaymentCaptured(context.Message.PaymentId);
            if (options == "publish")
                await context.Publish(message);
            else if (options == "send")
                await (await context.GetSendEndpoint(new Uri("queue:PaymentObserver"))).Send(message);
            else
                await context.RespondAsync(message);
        };

        await fixture.Bus.Publish(new CapturePayment("1"), send => send.ResponseAddress = new Uri("loopback://localhost/PaymentObserver"));

        await AssertStampedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatTheConsumersScopeSends_CarriesKeyAndFencingToken(bool throughOutbox)
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf);
                if (throughOutbox)
                    endpoint.UseInMemoryOutbox(context);
            },
            coordinator: _coordinator);
        _payments.OnCapture = context => context.GetPayload<IServiceProvider>()
            .GetRequiredService<IPublishEndpoint>()
            .Publish(new PaymentCaptured(context.Message.PaymentId));

        await fixture.PublishAsync("1");

        await AssertStampedAsync();
    }

    [Fact]
    public async Task WhatTheConsumerSchedules_CarriesKeyAndFencingToken()
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) => endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf),
            coordinator: _coordinator,
            transport: transport => transport.UseDelayedMessageScheduler());
        _payments.OnCapture = context => context.SchedulePublish(
            TimeSpan.FromMilliseconds(20), new PaymentCaptured(context.Message.PaymentId));

        await fixture.PublishAsync("1");

        await AssertStampedAsync();
    }

    [Fact]
    public async Task TheStampsOfAnEarlierLock_AreReplaced_AndOtherHeadersKept()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, coordinator: _coordinator);
        _payments.OnCapture = context => context.Publish(new PaymentCaptured(context.Message.PaymentId));

        await fixture.Bus.Publish(new CapturePayment("1"), send =>
        {
            send.Headers.Set(LockHeaders.Key, "order:5");
            send.Headers.Set(LockHeaders.FencingToken, 77L);
            send.Headers.Set("Color", "blue");
        });

        await AssertStampedAsync();
        Assert.Equal("blue", _payments.Published.Single().Headers.Get<string>("Color"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ALockThatIsLost_FiresTheConsumersToken_AndTheMessageFails(bool waitsForHandle)
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await using var fixture = await GuardFixture.StartAsync(_payments, coordinator: _coordinator);
        _payments.OnCapture = context => Task.Delay(
            Timeout.InfiniteTimeSpan,
            TimeProvider.System,
            waitsForHandle ? context.GetPayload<ILockHandle>().Lost : context.CancellationToken);
        await fixture.PublishAsync("1");
        await _payments.AreCapturedAsync(1);

        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(GuardFixture.Lease));
        fixture.Time.Advance(GuardFixture.Lease / 3);

        Assert.Equal(
            ("LockLostException", "The lock 'payment:1' was lost before the work under it had ended (Expired); another owner may hold it."),
            await _payments.FaultAsync());
        await Eventually.HoldsAsync(() => _payments.Strays.Contains("failed 1"));
        Assert.Equal([$"locks.guard.lost 1 locks.message_type={GuardFixture.Message}"], _metrics.Lines);
    }

    [Fact]
    public async Task ALockThatIsLost_IsForTheRetryPolicyToHandle()
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                endpoint.UseMessageRetry(retry =>
                {
                    retry.Handle<LockLostException>();
                    retry.Immediate(1);
                });
                endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf);
            },
            coordinator: _coordinator);
        var fences = new List<long>();
        _payments.OnCapture = context =>
        {
            fences.Add(context.FencingToken());
            return fences.Count == 1 ? Task.Delay(
                Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken) : Task.CompletedTask;
        };
        await fixture.PublishAsync("1");
        await _payments.AreCapturedAsync(1);

        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(GuardFixture.Lease));
        fixture.Time.Advance(GuardFixture.Lease / 3);

        await _payments.AreCapturedAsync(2);
        await _coordinator.ReceivedAsync<ReleaseLock>(2);
        Assert.Equal([1, 2], fences);
        Assert.Empty(_payments.Faults);
    }

    [Fact]
    public async Task AConsumerThatFailsOtherwise_OnceTheLockIsLost_FailsWithItsOwnException()
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await using var fixture = await GuardFixture.StartAsync(_payments, coordinator: _coordinator);
        _payments.OnCapture = async context =>
        {
            await Eventually.FiresAsync(context.CancellationToken);
            throw new InvalidOperationException("The bank hung up.");
        };
        await fixture.PublishAsync("1");
        await _payments.AreCapturedAsync(1);

        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(GuardFixture.Lease));
        fixture.Time.Advance(GuardFixture.Lease / 3);

        Assert.Equal(("InvalidOperationException", "The bank hung up."), await _payments.FaultAsync());
    }

    [Fact]
    public async Task AConsumerThatEndsInSpiteOfALoss_Succeeds_WithAWarning()
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await using var fixture = await GuardFixture.StartAsync(_payments, coordinator: _coordinator);
        _payments.OnCapture = context => Eventually.FiresAsync(context.CancellationToken);
        await fixture.PublishAsync("1");
        await _payments.AreCapturedAsync(1);

        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(GuardFixture.Lease));
        fixture.Time.Advance(GuardFixture.Lease / 3);

        await fixture.WaitForLogAsync($"The lock payment:1 was lost (Expired), and {GuardFixture.Message}");
        await _coordinator.ReceivedAsync<ReleaseLock>();
        Assert.Contains(fixture.Logs.Lines, line => line.StartsWith("Warning ", StringComparison.Ordinal)
            && line.Contains("was consumed to the end in spite of it", StringComparison.Ordinal));
        Assert.Equal([$"locks.guard.lost 1 locks.message_type={GuardFixture.Message}"], _metrics.Lines);
        Assert.Empty(_payments.Faults);
        Assert.Empty(_payments.Strays);
    }

    [Fact]
    public async Task AConsumerThatCancelsItself_IsNotTakenForALoss()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, coordinator: _coordinator);
        _payments.OnCapture = _ => throw new OperationCanceledException("No more today.");

        await fixture.PublishAsync("1");

        Assert.Equal("OperationCanceledException", (await _payments.FaultAsync()).Exception);
        await _coordinator.ReceivedAsync<ReleaseLock>();
    }

    private async Task AssertStampedAsync()
    {
        await Eventually.HoldsAsync(() => _payments.Published.Count > 0);
        var told = _payments.Published.Single();
        Assert.Equal("payment:1", told.Headers.Get<string>(LockHeaders.Key));
        Assert.Equal(1, told.Headers.Get<long>(LockHeaders.FencingToken));
        Assert.DoesNotContain(told.Headers.GetAll(), header => header.Key.Contains("Redelivery", StringComparison.Ordinal));
    }
}
