using Locks.Client;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Testing.Tests.Docs;

/// <summary>The shorter examples of docs/testing.md.</summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task Time()
    {
        await using var app = await AppUnderTest.StartAsync();
        var (client, locks) = (app.Client, app.Locks);

        var handle = await client.TryAcquireAsync("nightly-report", TimeSpan.FromHours(24));
        await locks.AdvanceAsync(TimeSpan.FromHours(24));
        Assert.False(handle!.IsHeld);
        await locks.ShouldBeFreeAsync("nightly-report");
    }

    [Fact]
    public async Task Unreachable()
    {
        await using var app = await AppUnderTest.StartAsync();
        var (client, locks) = (app.Client, app.Locks);

        using (locks.Unreachable())
            await Assert.ThrowsAsync<LockUnavailableException>(() => client.TryAcquireAsync("order:42"));
    }

    [Fact]
    public async Task TheApplicationsOwnRegistrations()
    {
        var services = new ServiceCollection();
        services.AddLockClient();

        services.AddMassTransitTestHarness();
        services.AddLockTestHarness(options => options.ShareTime = false);

        await using var provider = services.BuildServiceProvider();
        await provider.StartTestHarness();
        await provider.GetLockTestHarness().AdvanceAsync(TimeSpan.FromMinutes(1));
    }
}
