using Locks.Client;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Compliance.ReferenceShapes;

/// <summary>"Distributed Locking" (reference 002): two methods and a payment that must not be collected twice.</summary>
public abstract class Reference002Shape : ReferenceShape
{
    [Fact]
    public void APayment_IsCollectedByOneOfTwoWorkers()
    {
        var (one, other) = (NewDistributedLock(), NewDistributedLock());
        var collected = 0;
        var ignored = 0;

        Worker(one, meanwhile: () => Worker(other));
        Assert.Equal((1, 1), (collected, ignored));
        Worker(other);
        Assert.Equal(2, collected);

        void Worker(IDistributedLock distributedLock, Action? meanwhile = null)
        {
            bool AcquireLock(string semaphore) => distributedLock.AcquireLock(semaphore);
            void ReleaseLock(string semaphore) => distributedLock.ReleaseLock(semaphore);

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
        var lease = TimeSpan.FromSeconds(4);
        var locks = Fixture.NewClientServices(client => client.DefaultLease = lease).GetRequiredService<IDistributedLock>();
        Assert.True(await locks.AcquireLockAsync("a"));
        var first = (await Fixture.LookAsync("a"))!.Holder!;

        await Eventually.HoldsAsync(async () => (await Fixture.LookAsync("a"))!.Holder!.ExpiresAt > first.ExpiresAt + lease);

        Assert.Equal(first.FencingToken, (await Fixture.LookAsync("a"))!.Holder!.FencingToken);
        await locks.ReleaseLockAsync("a");
        Assert.Null((await Fixture.LookAsync("a"))!.Holder);
    }

    [Fact]
    public async Task ReleaseLock_OfALockThatThisProcessDoesNotHold_DoesNothing()
    {
        await using var held = await Fixture.NewClient().TryAcquireAsync("a");
        var locks = NewDistributedLock();

        locks.ReleaseLock("a");
        locks.ReleaseLock("never taken");

        Assert.True(await held!.RenewAsync());
        Assert.Throws<ArgumentNullException>(() => locks.ReleaseLock(null!));
    }
}
