using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Shapes;

/// <summary>"Distributed Locking" (reference 002): two methods and a payment that must not be collected twice.</summary>
public sealed class Reference002Tests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task APayment_IsCollectedByOneOfTwoWorkers()
    {
        await using var world = await LockWorld.StartAsync();
        var collected = 0;
        var ignored = 0;

        Worker(meanwhile: () => Worker());
        Assert.Equal((1, 1), (collected, ignored));
        Worker();
        Assert.Equal(2, collected);

        void Worker(Action? meanwhile = null)
        {
            bool AcquireLock(string semaphore) => world.DistributedLock.AcquireLock(semaphore);
            void ReleaseLock(string semaphore) => world.DistributedLock.ReleaseLock(semaphore);

            if (AcquireLock("1234collectPayment"))
            {
                try
                {
                    collected++;
                    meanwhile?.Invoke();
                }
                finally
                {
                    ReleaseLock("1234collectPayment");
                }
            }
            else
            {
                //could not get a lock, ignore this message as someone else is working on this already
                ignored++;
            }
        }
    }

    [Fact]
    public async Task ALockWithoutAnExpiry_IsRenewed_UntilItIsReleased()
    {
        await using var world = await LockWorld.StartAsync();
        Assert.True(await world.DistributedLock.AcquireLockAsync("a", Cancellation));
        var due = (await world.StoredAsync("a"))!.State.DueAt;
        for (var round = 0; round < 6; round++)
        {
            await Eventually.HoldsAsync(() => world.AwaitsRenewal(TimeSpan.FromSeconds(30)));
            world.Time.Advance(TimeSpan.FromSeconds(10));
            await Eventually.HoldsAsync(async () => (await world.StoredAsync("a"))!.State.DueAt > due);
            due = (await world.StoredAsync("a"))!.State.DueAt;
        }

        await world.DistributedLock.ReleaseLockAsync("a", Cancellation);

        Assert.True(await world.IsFreeAsync("a"));
    }

    [Fact]
    public async Task ReleaseLock_OfALockThatThisProcessDoesNotHold_DoesNothing()
    {
        await using var world = await LockWorld.StartAsync();
        await using var held = await world.Client.TryAcquireAsync("a", cancellationToken: Cancellation);

        world.DistributedLock.ReleaseLock("a");
        world.DistributedLock.ReleaseLock("never taken");

        Assert.False(await world.IsFreeAsync("a"));
        Assert.Throws<ArgumentNullException>(() => world.DistributedLock.ReleaseLock(null!));
    }
}
