using System.Diagnostics;
using Locks.Client;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>A broker that goes away for everybody: no other test may run meanwhile.</summary>
[CollectionDefinition(nameof(BrokerFaultTests), DisableParallelization = true)]
[Collection(nameof(BrokerFaultTests))]
public sealed class BrokerFaultTests
{
    [Fact]
    public async Task ABrokerThatGoesAway_IsOneClearException_AndServiceResumesWhenItIsBack()
    {
        await using var world = new RabbitMqLockWorld();
        await world.StartAsync();
        var client = world.NewClient(options => options.RequestTimeout = TimeSpan.FromSeconds(2));
        await using var shortLived = await world.NewClient().TryAcquireAsync("short", TimeSpan.FromSeconds(2));
        await using var before = await world.NewClient().TryAcquireAsync("before", TimeSpan.FromMinutes(5));

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

        await Eventually.HoldsAsync(async () =>
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
        Assert.True(await before!.RenewAsync());
    }

    private static async Task RabbitMqControlAsync(string command)
    {
        using var process = Process.Start(TestServices.RabbitMqControl, [command]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120), TimeProvider.System);
        Assert.Equal(0, process.ExitCode);
    }
}
