using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// A guard gives up when its endpoint stops, and the bus closes next. Its cancel was still to be sent then, and never was: the waiter of a
/// client that was gone stayed in the queue.
/// </summary>
public sealed class CancelThatHasNotLeftTests
{
    private readonly FakeCoordinator _coordinator = new()
    {
        OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1),
        OnGrantLease = _ => null,
    };

    private readonly HeldSends _sends = new();

    [Fact]
    public async Task AnAcquireThatIsGivenUp_EndsWhenItsCancelHasLeft()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var held = fixture.Bus.ConnectSendObserver(_sends);
        var waiting = await GiveUpAsync(fixture);

        await Eventually.HoldsAsync(() => _sends.IsHolding);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(waiting.IsCompleted);

        _sends.LetGo();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        await _coordinator.ReceivedAsync<CancelAcquire>();
    }

    [Fact]
    public async Task AnAcquireThatIsGivenUp_WaitsHalfASecondForItsCancel_AtMost()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var held = fixture.Bus.ConnectSendObserver(_sends);
        var waiting = await GiveUpAsync(fixture);

        await Eventually.HoldsAsync(() => _sends.IsHolding && fixture.Time.Timers.Contains(TimeSpan.FromMilliseconds(500)));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        _sends.LetGo();
    }

    [Fact]
    public async Task AGrantOfALease_ThatIsGivenUp_EndsWhenItsRevocationHasLeft()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var held = fixture.Bus.ConnectSendObserver(_sends);
        using var giveUp = new CancellationTokenSource();
        var granting = fixture.Client.Leases.GrantAsync(TimeSpan.FromSeconds(30), cancellationToken: giveUp.Token);
        await _coordinator.ReceivedAsync<GrantLease>();

        await giveUp.CancelAsync();
        await Eventually.HoldsAsync(() => _sends.IsHolding);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(granting.IsCompleted);

        _sends.LetGo();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => granting.Within());
        await _coordinator.ReceivedAsync<RevokeLease>();
    }

    /// <returns>A call that waited in the queue, and is given up.</returns>
    private async Task<Task> GiveUpAsync(LockFixture fixture)
    {
        using var giveUp = new CancellationTokenSource();
        var waiting = fixture.Client.AcquireAsync(
            LockFixture.Key, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30), giveUp.Token);
        await _coordinator.ReceivedAsync<AcquireLock>();
        await giveUp.CancelAsync();
        return waiting;
    }

    /// <summary>Holds back what takes a request back.</summary>
    private sealed class HeldSends : ISendObserver
    {
        private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsHolding { get; private set; }

        public void LetGo() => _letGo.TrySetResult();

        public async Task PreSend<T>(SendContext<T> context)
            where T : class
        {
            if (context.Message is not (RevokeLease or LockCommands { Commands: [{ Cancel: not null }, ..] }))
                return;
            IsHolding = true;
            await _letGo.Task;
        }

        public Task PostSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
