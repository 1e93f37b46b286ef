using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>Code that can't await had no handle, no renewal and no set.</summary>
public sealed class SynchronousHandleTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task OneLockAndSeveral_AreAcquiredAndReleased()
    {
        await using var fixture = await LockFixture.StartAsync();
        var locks = fixture.Client;

        using (var one = locks.Acquire("a", Wait))
        using (var set = locks.AcquireAll(["b", "c"], Wait))
        {
            Assert.True(one.IsHeld);
            Assert.True(set.IsHeld);
            Assert.Null(locks.TryAcquire("a"));
            Assert.Null(locks.TryAcquireAll(["c", "d"]));
            Assert.Throws<LockTimeoutException>(() => locks.Acquire("b", TimeSpan.Zero));
        }

        using var again = locks.TryAcquireAll(["a", "b", "c", "d"]);
        Assert.NotNull(again);
    }
}
