using System.Diagnostics;
using Locks.Client;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>A broker that goes away for all tests: no other test may run meanwhile.</summary>
[CollectionDefinition(nameof(BrokerFaultTests), DisableParallelization = true)]
[Collection(nameof(BrokerFaultTests))]
public sealed class BrokerFaultTests
{
    [Fact]
    public async Task ABrokerThatGoesAway_IsOneClearException_AndServiceResumesWhenItIsBack()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        var client = fixture.NewClient(options => options.RequestTimeout = TimeSpan.FromSeconds(2));
        await using var shortLived = await fixture.NewClient().TryAcquireAsync("short", TimeSpan.FromSeconds(2));
        await using var before = await fixture.NewClient().TryAcquireAsync("before", TimeSpan.FromMinutes(5));

        await RabbitMqControlAsync("stop_app");
        try
        {
            await Assert.ThrowsAsync<LockUnavailableException>(() => client.TryAcquireAsync("during"));
            await Eventually.FiresAsync(shortLived!.Lost);
        }
        finally
        {
            await RabbitMqControlAsync("start_app");
        }

        await ServiceResumesAsync(client);
        Assert.True(await before!.RenewAsync());
    }

    [Fact]
    public async Task ABrokerThatRestarts_LeavesWaitersInTheirPlaces_AndWhatItLostIsAskedForAgain()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        var holder = await fixture.NewClient().TryAcquireAsync("a", TimeSpan.FromMinutes(5));
        var waiting = fixture.NewClient().AcquireAsync("a", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == 1);
        var place = (await fixture.LookAsync("a"))!.Waiters.Head!;

        await RabbitMqControlAsync("stop_app");
        await RabbitMqControlAsync("start_app");
        await ServiceResumesAsync(fixture.NewClient());
        Assert.True(await holder!.ReleaseAsync());

        await using var handle = await waiting;
        Assert.Equal(place.AcquireId, (await fixture.LookAsync("a"))!.Holder!.AcquireId);
    }

    private static Task ServiceResumesAsync(ILockClient client) => Eventually.HoldsAsync(async () =>
    {
        try
        {
            await using var after = await client.TryAcquireAsync("after");
            return after is not null;
        }
        catch (LockUnavailableException)
        {
            return false;
        }
    });

    private static async Task RabbitMqControlAsync(string command)
    {
        using var process = Process.Start(TestServices.RabbitMqControl, [command]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120), TimeProvider.System);
        Assert.Equal(0, process.ExitCode);
    }
}
