using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>A service that knows only MassTransit and Locks.Contracts.</summary>
public sealed class RequestClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Try_IsGranted_AndASecondOneIsBusy()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var client = Client(coordinator);

        var first = await client.GetResponse<LockAcquired, LockDenied>(Asker.A.Try(), Cancellation);
        var second = await client.GetResponse<LockAcquired, LockDenied>(Asker.B.Try(), Cancellation);

        Assert.True(first.Is(out Response<LockAcquired>? granted));
        Assert.Equal((Asker.A.AcquireId, TimeSpan.FromSeconds(30)), (granted.Message.AcquireId, granted.Message.Lease));
        Assert.True(second.Is(out Response<LockDenied>? denied));
        Assert.Equal((DenyReasons.Busy, "owner a", TimeSpan.FromSeconds(30)), (denied.Message.Reason, denied.Message.HolderOwner, denied.Message.RetryAfter));
    }

    [Fact]
    public async Task ARequest_NeedsNoAddress_BecauseTheCoordinatorSubscribes()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        var response = await coordinator.Harness.GetRequestClient<AcquireLock>().GetResponse<LockAcquired>(Asker.A.Try(), Cancellation);

        Assert.Equal(Asker.A.AcquireId, response.Message.AcquireId);
    }

    [Fact]
    public async Task Wait_IsGranted_WhenTheHolderReleases()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var client = Client(coordinator);
        var first = await client.GetResponse<LockAcquired>(Asker.A.Try(), Cancellation);

        var waiting = client.GetResponse<LockAcquired, LockDenied>(Asker.B.Wait(), Cancellation);
        await Eventually.HoldsAsync(async () => (await coordinator.StoredAsync())!.State.Waiters.Count == 1);
        var released = await Client<ReleaseLock>(coordinator)
            .GetResponse<LockReleased, LockNotHeld>(new ReleaseLock(first.Message.Key, first.Message.OwnerToken), Cancellation);
        var second = await waiting.Within();

        Assert.True(released.Is(out Response<LockReleased>? _));
        Assert.True(second.Is(out Response<LockAcquired>? granted));
        Assert.True(granted.Message.FencingToken > first.Message.FencingToken);
    }

    [Fact]
    public async Task Wait_IsAnsweredAtItsDeadline()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var client = Client(coordinator);
        await client.GetResponse<LockAcquired>(Asker.A.Try(), Cancellation);

        var waiting = client.GetResponse<LockAcquired, LockDenied>(Asker.B.Wait(5), Cancellation);
        await Eventually.HoldsAsync(async () => (await coordinator.StoredAsync())!.State.Waiters.Count == 1);
        // The waiter is stored a moment before its timer is set.
        await Eventually.HoldsAsync(() => coordinator.Time.Timers.Contains(TimeSpan.FromSeconds(5)));
        coordinator.Time.Advance(TimeSpan.FromSeconds(5));
        var answer = await waiting.Within();

        Assert.True(answer.Is(out Response<LockDenied>? denied));
        Assert.Equal(DenyReasons.WaitTimedOut, denied.Message.Reason);
    }

    [Fact]
    public async Task ABadRenewal_IsARequestFault_ThatSaysWhatIsWrong()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        var fault = await Assert.ThrowsAsync<RequestFaultException>(() => Client<RenewLock>(coordinator)
            .GetResponse<LockRenewed, LockLost>(new RenewLock(CoordinatorUnderTest.Key, "token", TimeSpan.Zero), Cancellation));

        Assert.Contains("Lease is 00:00:00; it must be between", fault.Message, StringComparison.Ordinal);
    }

    private static IRequestClient<AcquireLock> Client(CoordinatorUnderTest coordinator) => Client<AcquireLock>(coordinator);

    private static IRequestClient<T> Client<T>(CoordinatorUnderTest coordinator)
        where T : class =>
        coordinator.Harness.Bus.CreateRequestClient<T>(new Uri("exchange:locks"));
}
