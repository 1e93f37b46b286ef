using Locks.Client.Core;
using Locks.Contracts;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Xunit;

namespace Locks.Client.Tests.Health;

public sealed class LockClientHealthCheckTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AQueryThatIsAnswered_IsOneForAllWhoLook_For10Seconds()
    {
        var queries = new Queries();
        await using var fixture = await LockFixture.StartWithAsync(bus => bus.AddSingleton<IConfigureIsolatedPipe>(queries));

        var together = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => fixture.HealthAsync()));
        fixture.Time.Advance(TimeSpan.FromSeconds(9));
        var later = await fixture.HealthAsync();

        Assert.All(together.Append(later), entry => Assert.Equal((HealthStatus.Healthy, "A lock coordinator answers."), (entry.Status, entry.Description)));
        Assert.Contains("ready", later.Tags);
        Assert.Equal(1, queries.Count);

        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HealthStatus.Healthy, (await fixture.HealthAsync()).Status);
        Assert.Equal(2, queries.Count);
        Assert.Null(await fixture.StoredAsync("locks/health"));
    }

    [Fact]
    public async Task AClientThatIsUsed_IsNotAskedForMore()
    {
        var queries = new Queries();
        await using var fixture = await LockFixture.StartWithAsync(bus => bus.AddSingleton<IConfigureIsolatedPipe>(queries));
        await using var held = await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);

        var entry = await fixture.HealthAsync();

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(0, queries.Count);
    }

    [Fact]
    public async Task WithoutACoordinator_ItIsUnhealthy_WithTheCause()
    {
        await using var fixture = await LockFixture.StartAloneAsync();

        var entry = await fixture.AsTimePassesAsync(fixture.HealthAsync());

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.StartsWith("No lock coordinator answered on 'locks' within 00:00:02. Is one running", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhenCoordinatorsStopAnswering_ItIsUnhealthy_AndIsBackWhenTheyAnswer()
    {
        var coordinator = new FailingCoordinator();
        await using var fixture = await LockFixture.StartWithAsync(bus => bus.AddSingleton<IConfigureIsolatedPipe>(coordinator));
        Assert.Equal(HealthStatus.Healthy, (await fixture.HealthAsync()).Status);
        coordinator.Fails = true;

        // What was answered before a request was not says nothing any more.
        await Assert.ThrowsAsync<LockUnavailableException>(
            () => fixture.AsTimePassesAsync(fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation), stepMs: 100));
        var failing = await fixture.AsTimePassesAsync(fixture.HealthAsync());

        Assert.Equal(HealthStatus.Unhealthy, failing.Status);
        Assert.Contains("it failed before it was served: InvalidOperationException: out of order.", failing.Description, StringComparison.Ordinal);

        coordinator.Fails = false;
        Assert.Equal(failing.Description, (await fixture.HealthAsync()).Description);
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HealthStatus.Healthy, (await fixture.HealthAsync()).Status);
    }

    [Fact]
    public async Task OnABusThatHasStopped_ItIsUnhealthy()
    {
        await using var fixture = await LockFixture.StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await fixture.HealthAsync()).Status);

        await fixture.StopAsync();

        var entry = await fixture.HealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("The lock client has stopped, because its bus has been stopped.", entry.Description);
    }

    [Fact]
    public async Task OneWhoGivesUpLooking_LeavesTheQueryToTheOthers()
    {
        await using var fixture = await LockFixture.StartAloneAsync();
        var client = Assert.IsType<LockClient>(fixture.Client);
        using var givenUp = new CancellationTokenSource();
        var first = client.AnswerProbe.LookAsync(givenUp.Token);
        var second = client.AnswerProbe.LookAsync(Cancellation);

        await givenUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.NotNull(await fixture.AsTimePassesAsync(second));
    }

    [Fact]
    public void AnApplication_HasTheCheckOnce_AndMayChangeIt()
    {
        var services = new ServiceCollection().AddLockClient().AddLockClient();
        services.PostConfigure<HealthCheckServiceOptions>(
            health => health.Registrations.Single(check => check.Name == "locks-client").FailureStatus = HealthStatus.Degraded);
        using var provider = services.BuildServiceProvider();

        var check = Assert.Single(provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations);

        Assert.Equal(HealthStatus.Degraded, check.FailureStatus);
    }

    /// <summary>Counts the queries that reach coordinators: each before it is answered, so that its answer is never here first.</summary>
    private sealed class Queries : IConfigureIsolatedPipe
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Configure(string queueName, IConsumePipeConfigurator pipe) => pipe.UseExecute(context =>
        {
            if (context.TryGetMessage<DescribeLock>(out _))
                Interlocked.Increment(ref _count);
        });
    }

    /// <summary>Has every request to a coordinator fail for as long as the test says.</summary>
    private sealed class FailingCoordinator : IConfigureIsolatedPipe
    {
        public volatile bool Fails;

        public void Configure(string queueName, IConsumePipeConfigurator pipe) => pipe.UseExecute(_ =>
        {
            if (Fails)
                throw new InvalidOperationException("out of order");
        });
    }
}
