using Locks.Client;
using Locks.Contracts;
using Xunit;

namespace Locks.Testing.Tests;

/// <summary>What the application's own code sees of locks under the harness.</summary>
public sealed class InspectTests
{
    private const string Key = AppUnderTest.Key;

    [Fact]
    public async Task Describe_GoesByTheTimeOfTheTest()
    {
        await using var app = await AppUnderTest.StartAsync();
        await app.Locks.BusyAsync(Key, "somebody", lease: TimeSpan.FromMinutes(10));

        await app.Locks.AdvanceAsync(TimeSpan.FromMinutes(4));

        var found = await app.Client.DescribeAsync(Key);
        Assert.Equal(("somebody", TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6)), (found.Holder!.Owner, found.Holder.HeldFor, found.Holder.TimeLeft));
        await app.Locks.AdvanceAsync(TimeSpan.FromMinutes(6));
        Assert.Equal(LockStates.Free, (await app.Client.DescribeAsync(Key)).State);
    }

    [Fact]
    public async Task Describe_Fails_WhileTheCoordinatorIsUnreachable()
    {
        await using var app = await AppUnderTest.StartAsync();
        using (app.Locks.Unreachable())
            await Assert.ThrowsAsync<LockUnavailableException>(() => app.Client.DescribeAsync(Key));

        Assert.Equal(LockStates.Free, (await app.Client.DescribeAsync(Key)).State);
    }
}
