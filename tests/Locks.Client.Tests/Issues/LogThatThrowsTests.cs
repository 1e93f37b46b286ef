using Locks.Contracts;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>A log provider that threw when it was told of a renewal without an answer ended the renewals, and the lock was lost.</summary>
public sealed class LogThatThrowsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ALogThatThrows_EndsNoRenewal()
    {
        var answered = 0;
        var isSilent = true;
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = acquire => coordinator.Grant(acquire);
        coordinator.OnRenew = renew =>
        {
            if (Volatile.Read(ref isSilent))
                return null;

            Interlocked.Increment(ref answered);
            return new LockRenewed(renew.Key, 1, renew.Lease);
        };
        using var logs = new ThrowingLogs("Locks.Client.Core");
        await using var fixture = await LockFixture.StartWithAsync(bus => bus.AddSingleton<ILoggerProvider>(logs), coordinator);
        await using var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, new LockOptions { Lease = Lease, AutoRenew = true }, Cancellation);

        await AsTimePassesAsync(() => logs.Thrown > 0);
        Volatile.Write(ref isSilent, false);
        // The third one is sent when the first lease would be over.
        await AsTimePassesAsync(() => Volatile.Read(ref answered) >= 3);

        Assert.True(fixture.Time.GetUtcNow() - fixture.Time.Start > Lease);
        Assert.True(handle!.IsHeld);

        Task AsTimePassesAsync(Func<bool> condition) => Eventually.HoldsAsync(() =>
        {
            if (condition())
                return true;

            fixture.Time.Advance(TimeSpan.FromMilliseconds(200));
            return false;
        });
    }
}
