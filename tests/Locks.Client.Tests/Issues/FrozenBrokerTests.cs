using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// The broker freezes with its sockets open, so that a send never ends: requests about leases heeded neither their token nor their timeout.
/// </summary>
public sealed class FrozenBrokerTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    // What is given up is taken back, as far as that can be sent in this time.
    private static readonly TimeSpan WithdrawTimeout = TimeSpan.FromMilliseconds(500);

    private readonly FrozenSends _sends = new();

    [Fact]
    public async Task AGrantOfALease_HeedsItsToken()
    {
        await using var fixture = await LockFixture.StartAsync(new FakeCoordinator(), options => options.RequestTimeout = Ttl);
        using var frozen = fixture.Bus.ConnectSendObserver(_sends);
        using var giveUp = new CancellationTokenSource();
        var granting = fixture.Client.Leases.GrantAsync(Ttl, giveUp.Token);
        await Eventually.HoldsAsync(() => _sends.IsHolding);

        await giveUp.CancelAsync();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(WithdrawTimeout));
        fixture.Time.Advance(WithdrawTimeout);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => granting.Within());
    }

    [Fact]
    public async Task ADescriptionOfALease_HeedsItsTimeout()
    {
        await using var fixture = await LockFixture.StartAsync(
            new FakeCoordinator(), options => options.RequestTimeout = TimeSpan.FromSeconds(5));
        using var frozen = fixture.Bus.ConnectSendObserver(_sends);
        var describing = fixture.Client.Leases.TimeToLiveAsync(Guid.CreateVersion7());
        await Eventually.HoldsAsync(() => _sends.IsHolding);

        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<LockUnavailableException>(() => describing.Within());
    }

    /// <summary>Sends that never end, whatever their token.</summary>
    private sealed class FrozenSends : ISendObserver
    {
        private static readonly Task Never = new TaskCompletionSource().Task;

        public bool IsHolding { get; private set; }

        public Task PreSend<T>(SendContext<T> context)
            where T : class
        {
            if (context.Message is not (GrantLease or RevokeLease or DescribeLease))
                return Task.CompletedTask;
            IsHolding = true;
            return Never;
        }

        public Task PostSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
