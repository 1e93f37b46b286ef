using Locks.Contracts;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.Client.Tests.Exclusive;

/// <summary>A service that one instance runs at a time: terms, losses, faults, and a coordinator that is not reachable.</summary>
public sealed class ExclusiveServiceTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly FakeCoordinator _coordinator = new();

    public ExclusiveServiceTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    [Fact]
    public async Task OneInstanceRunsIt_AndWhenThatStops_TheNextInTheQueueDoesAtOnce()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var first = await Instance.StartAsync(fixture);
        await first.WaitForEventAsync("begin");
        await using var second = await Instance.StartAsync(fixture);
        await WaitUntilQueuedAsync(fixture, 1);
        await using var third = await Instance.StartAsync(fixture);
        await WaitUntilQueuedAsync(fixture, 2);
        Assert.Empty(second.Behavior.Events);

        // Time stands still all along: nothing waits for a lease to end.
        await first.StopAsync();
        Assert.Equal(["begin", "stop", "end", "disposed"], first.Behavior.Events);
        await second.WaitForEventAsync("begin");
        Assert.Empty(third.Behavior.Events);
        await second.StopAsync();
        await third.WaitForEventAsync("begin");

        long[] fences = [first.Behavior.Terms[0].FencingToken, second.Behavior.Terms[0].FencingToken, third.Behavior.Terms[0].FencingToken];
        Assert.Equal(fences.Order().Distinct(), fences);
    }

    [Fact]
    public async Task TheLockIsRenewed_ForAsLongAsItRuns()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var instance = await Instance.StartAsync(fixture, new() { Lease = Lease, Owner = "the one" });
        await instance.WaitForEventAsync("begin");
        Assert.Equal("the one", (await fixture.StoredAsync())!.State.Holder!.Owner);

        for (var round = 0; round < 6; round++)
        {
            // The renewing code must refer to the handle itself.
            GC.Collect();
            var due = (await fixture.StoredAsync())!.State.DueAt;
            await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
            fixture.Time.Advance(Lease / 3);
            await Eventually.HoldsAsync(async () => (await fixture.StoredAsync())!.State.DueAt > due);
        }

        Assert.Equal(["begin"], instance.Behavior.Events);
    }

    [Fact]
    public async Task AnInstanceThatStopsWhileItWaits_LeavesTheQueue()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var first = await Instance.StartAsync(fixture);
        await first.WaitForEventAsync("begin");
        await using var second = await Instance.StartAsync(fixture);
        await WaitUntilQueuedAsync(fixture, 1);

        await second.StopAsync();

        await WaitUntilQueuedAsync(fixture, 0);
        Assert.Empty(second.Behavior.Events);
        Assert.Equal(["begin"], first.Behavior.Events);
    }

    [Fact]
    public async Task WhenTheLockIsLost_TheServiceIsStopped_AndANewOneHasTheNextTerm()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(fixture, new() { Lease = Lease });
        await instance.WaitForEventAsync("begin");
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.Superseded);

        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
        fixture.Time.Advance(Lease / 3);

        await instance.WaitForEventAsync("begin", 2);
        // The work ends and is stopped by the same signal, in either order.
        Assert.Equal(["begin", "end", "stop"], instance.Behavior.Events.Take(3).Order());
        Assert.Equal(["disposed", "begin"], instance.Behavior.Events.Skip(3));
        Assert.True(instance.HasLogged("Work was stopped because lock orders/42 was lost (Superseded)"));
        var (before, after) = (instance.Behavior.Terms[0], instance.Behavior.Terms[1]);
        Assert.True(after.FencingToken > before.FencingToken);
        Assert.True(before.Lost.IsCancellationRequested);
        Assert.False(after.Lost.IsCancellationRequested);
        Assert.Equal(LockFixture.Key, after.Key);
        Assert.Empty(_coordinator.All<ReleaseLock>());
    }

    [Fact]
    public async Task WhenTheCoordinatorFallsSilent_TheServiceIsStopped_BeforeItsLeaseEnds()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(fixture, new() { Lease = Lease });
        await instance.WaitForEventAsync("begin");
        _coordinator.OnRenew = _ => null;
        _coordinator.OnAcquire = _ => null;

        fixture.Time.Advance(Lease - TimeSpan.FromMilliseconds(501));
        Assert.False(instance.Behavior.Terms[0].Lost.IsCancellationRequested);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        await instance.WaitForEventAsync("disposed");
    }

    [Fact]
    public async Task AServiceThatDoesNotStop_IsReported_AndThereIsNoSecondOneUntilItHasEnded()
    {
        var end = new TaskCompletionSource();
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(
            fixture, new() { Lease = Lease, StopTimeout = TimeSpan.FromSeconds(7) }, behavior => behavior.Do = (_, _) => end.Task);
        await instance.WaitForEventAsync("begin");
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
        fixture.Time.Advance(Lease / 3);
        await instance.WaitForEventAsync("stop");
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(7)));
        Assert.False(instance.HasLogged("did not stop"));

        fixture.Time.Advance(TimeSpan.FromSeconds(7));

        await instance.WaitForLogAsync("Work did not stop within 00:00:07 and still runs");
        await instance.WaitForEventAsync("stop timeout");
        Assert.Single(_coordinator.All<AcquireLock>());
        end.SetResult();
        await instance.WaitForEventAsync("begin", 2);
        Assert.Equal(["begin", "stop", "stop timeout", "end", "disposed", "begin"], instance.Behavior.Events.Take(6));
    }

    [Fact]
    public async Task AServiceThatDoesNotStopWithItsHost_HoldsTheLock_UntilItHasEnded()
    {
        var end = new TaskCompletionSource();
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(fixture, behavior: behavior => behavior.Do = (_, _) => end.Task);
        await instance.WaitForEventAsync("begin");
        string[] before = [];
        _coordinator.OnRelease = release =>
        {
            before = [.. instance.Behavior.Events];
            return new LockReleased(release.Key, 1);
        };

        using var hurry = new CancellationTokenSource();
        var stopping = instance.StopAsync(hurry.Token);
        await instance.WaitForEventAsync("stop");
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(10)));
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        await instance.WaitForLogAsync("Work did not stop within 00:00:10 and still runs");
        await hurry.CancelAsync();
        await stopping;
        end.SetResult();

        await _coordinator.ReceivedAsync<ReleaseLock>();
        Assert.Equal(["begin", "stop", "stop timeout", "end", "disposed"], before);
    }

    [Fact]
    public async Task ADefaultHost_StopsWhenTheServiceThrows_AndTheNextInstanceTakesOver()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var first = await Instance.StartAsync(
            fixture, behavior: behavior => behavior.Do = (_, _) => throw new InvalidDataException("the file is broken"));

        await Eventually.FiresAsync(first.Stopping);

        Assert.True(await fixture.IsFreeAsync());
        await first.WaitForLogAsync("the file is broken");
        Assert.Equal(["begin", "end", "stop", "disposed"], first.Behavior.Events);
        await using var second = await Instance.StartAsync(fixture);
        await second.WaitForEventAsync("begin");
    }

    [Fact]
    public async Task AHostThatIgnoresFaults_GoesOnWithoutTheService()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var instance = await Instance.StartAsync(
            fixture,
            behavior: behavior => behavior.Do = (_, _) => throw new InvalidDataException("the file is broken"),
            configure: services => services.Configure<HostOptions>(
                host => host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore));

        await instance.WaitForLogAsync("the file is broken");

        Assert.True(await fixture.IsFreeAsync());
        Assert.False(instance.Stopping.IsCancellationRequested);
        Assert.Equal(["begin", "end", "stop", "disposed"], instance.Behavior.Events);
    }

    [Fact]
    public async Task AFaultInAnswerToALoss_IsLogged_AndTheInstanceWaitsInTheQueueAgain()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(
            fixture, new() { Lease = Lease }, behavior => behavior.Do = async (_, stoppingToken) =>
        {
            await Task.Delay(
                Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidDataException("cut off in the middle");
        });
        await instance.WaitForEventAsync("begin");
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));

        fixture.Time.Advance(Lease / 3);

        await instance.WaitForEventAsync("begin", 2);
        await instance.WaitForLogAsync("Work threw an exception while it was being stopped.");
        Assert.False(instance.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task AServiceThatReturns_ReleasesTheLock_AndRunsOnceOnEachInstance()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var first = await Instance.StartAsync(fixture, behavior: behavior => behavior.Do = (_, _) => Task.CompletedTask);
        await first.WaitForLogAsync("Work has done its work");
        Assert.True(await fixture.IsFreeAsync());

        await using var second = await Instance.StartAsync(fixture);
        await second.WaitForEventAsync("begin");

        Assert.Equal(0, await fixture.WaitersAsync());
        Assert.Equal(["begin", "end", "stop", "disposed"], first.Behavior.Events);
        Assert.False(first.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task AServiceThatWorksInTheBackgroundByItself_RunsUntilItIsStopped()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var instance = await Instance.StartAsync<Plain>(fixture);
        await instance.WaitForEventAsync("started");
        Assert.False(await fixture.IsFreeAsync());

        await instance.StopAsync();

        Assert.Equal(["started", "stopped"], instance.Behavior.Events);
        Assert.True(await fixture.IsFreeAsync());
    }

    [Theory]
    [InlineData(typeof(NeverConstructed), "no such file")]
    [InlineData(typeof(NeverStarted), "the file is locked")]
    public async Task AServiceThatCannotBeMadeOrStarted_IsAFault(Type service, string says)
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var instance = await (service == typeof(NeverConstructed)
            ? Instance.StartAsync<NeverConstructed>(fixture)
            : Instance.StartAsync<NeverStarted>(fixture));

        await Eventually.FiresAsync(instance.Stopping);

        await instance.WaitForLogAsync(says);
        Assert.True(await fixture.IsFreeAsync());
    }

    [Fact]
    public async Task ACoordinatorThatIsAway_IsTriedAgainForEver_WithGrowingPauses()
    {
        var timeout = TimeSpan.FromSeconds(1);
        _coordinator.OnAcquire = _ => null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(
            fixture,
            new() { RetryDelay = TimeSpan.FromSeconds(17) },
            configure: services => services.AddLockClient(
                client => (client.RequestTimeout, client.ResendAfter) = (timeout, 60 * timeout)));
        int[] pauses = [17, 34, 60, 60];

        for (var tries = 1; tries <= pauses.Length; tries++)
        {
            var pause = TimeSpan.FromSeconds(pauses[tries - 1]);
            await _coordinator.ReceivedAsync<AcquireLock>(tries);
            fixture.Time.Advance(timeout);
            await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(pause));
            Assert.True(instance.HasLogged(
                "Work can't wait for lock orders/42, because the coordinator is not reachable or refuses. "
                + $"This instance tries again in {pause}."));
            // The next try leaves while time moves.
            if (tries == pauses.Length)
                _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);
            fixture.Time.Advance(pause);
        }

        Assert.False(instance.Stopping.IsCancellationRequested);
        await instance.WaitForEventAsync("begin");
    }

    [Fact]
    public async Task AFullQueue_IsTriedAgain()
    {
        _coordinator.OnAcquire = acquire => new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.QueueFull);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(fixture, new() { RetryDelay = TimeSpan.FromSeconds(3) });
        await instance.WaitForLogAsync("tries again in 00:00:03");
        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(3)));

        fixture.Time.Advance(TimeSpan.FromSeconds(3));

        await instance.WaitForEventAsync("begin");
    }

    [Fact]
    public async Task WhoWaitsLong_IsQueuedAnew_AndSaysNothing()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var first = await fixture.Client.TryAcquireAsync(LockFixture.Key, TimeSpan.FromHours(1));
        await using var instance = await Instance.StartAsync(fixture);
        for (var minute = 0; minute < 3; minute++)
        {
            await fixture.WaitUntilQueuedAsync();
            var attempt = (await fixture.StoredAsync())!.State.Waiters.Head?.AcquireId;
            fixture.Time.Advance(TimeSpan.FromMinutes(1));
            await Eventually.HoldsAsync(async () =>
                (await fixture.StoredAsync())!.State.Waiters is { Count: 1, Head: { } waiter } && waiter.AcquireId != attempt);
        }

        Assert.False(instance.HasLogged("can't wait for lock"));
        await first!.ReleaseAsync();
        await instance.WaitForEventAsync("begin");
    }

    [Fact]
    public async Task EachTerm_HasAScopeOfItsOwn_AndNothingElseHasTheTerm()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync<Scoped>(
            fixture, new() { Lease = Lease }, configure: services => services.AddScoped<Scoped.Dependency>());
        await instance.WaitForEventAsync("dependency made");
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
        fixture.Time.Advance(Lease / 3);
        await instance.WaitForEventAsync("dependency made", 2);

        Assert.Equal(["dependency made", "dependency disposed", "dependency made"], instance.Behavior.Events);
        using var scope = instance.Services.CreateScope();
        var refusal = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<ExclusiveTerm>());
        Assert.Contains("AddExclusiveHostedService", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoServicesOfOneInstance_HaveALockEach_AndAreMadeApartFromOtherRegistrations()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var instance = await Instance.StartAsync(fixture, configure: services => services
            .AddSingleton<Work>(_ => throw new InvalidOperationException("another registration"))
            .AddExclusiveHostedService<Work>("another key")
            .AddExclusiveHostedService<Plain>("a third one"));

        await instance.WaitForEventAsync("begin", 2);
        await instance.WaitForEventAsync("started");

        Assert.Equal(["another key", LockFixture.Key], instance.Behavior.Terms.Select(term => term.Key).Order());
        await instance.StopAsync();
        Assert.True(await fixture.IsFreeAsync() && await fixture.IsFreeAsync("another key") && await fixture.IsFreeAsync("a third one"));
    }

    [Fact]
    public async Task AHostThatStops_ReleasesTheLock_BeforeItStopsItsBus_WhicheverWasAddedFirst()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var logs = new CapturedLogs();
        builder.Logging.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(logs);
        var behavior = new Work.Behavior();
        builder.Services.AddSingleton(behavior).AddExclusiveHostedService<Work>(LockFixture.Key);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddLockCoordinator();
            bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
        });
        using var host = builder.Build();
        await host.StartAsync();
        await Eventually.HoldsAsync(() => behavior.Terms.Count == 1);

        await host.StopAsync().Within();

        var stored = await host.Services.GetRequiredService<ILockStore>().LoadAsync(
            [LockKey.ToId(LockFixture.Key)], CancellationToken.None);
        Assert.Null(Assert.Single(stored).State.Holder);
        Assert.DoesNotContain(logs.Lines, line => line.Contains("was not answered", StringComparison.Ordinal));
    }

    [Fact]
    public void AnOptionOutOfRange_IsRejected_WhenTheServiceIsAdded()
    {
        var services = new ServiceCollection();

        AssertRejected("Key is missing or empty", "");
        AssertRejected("Lease is 00:00:00; it must be between", "a", new() { Lease = TimeSpan.Zero });
        AssertRejected("Owner is missing or empty", "a", new() { Owner = "" });
        AssertRejected(
            "ExclusiveServiceOptions.StopTimeout is '00:00:00'; it must be between 00:00:00.0100000 and 00:10:00.",
            "a", new() { StopTimeout = default });
        AssertRejected(
            "ExclusiveServiceOptions.RetryDelay is '00:02:00'; it must be between 00:00:00.0100000 and 00:01:00.",
            "a", new()
            {
                RetryDelay = TimeSpan.FromMinutes(
            2)
            });
        Assert.Empty(services);

        void AssertRejected(string text, string key, ExclusiveServiceOptions? options = null) => Assert.Contains(
            text,
            Assert.ThrowsAny<ArgumentException>(() => services.AddExclusiveHostedService<Work>(key, options)).Message,
            StringComparison.Ordinal);
    }

    private static Task WaitUntilQueuedAsync(LockFixture fixture, int count) =>
        Eventually.HoldsAsync(async () => await fixture.WaitersAsync() == count, what: $"{count} in the queue");

    private sealed class Plain(Work.Behavior behavior, ExclusiveTerm term) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            behavior.Record("started", term);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            behavior.Record("stopped", term);
            return Task.CompletedTask;
        }
    }

    private sealed class NeverConstructed : IHostedService
    {
        public NeverConstructed() => throw new InvalidDataException("no such file");

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class NeverStarted : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidDataException("the file is locked");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Scoped(Scoped.Dependency dependency) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => dependency.WorkAsync(stoppingToken);

        public sealed class Dependency : IDisposable
        {
            private readonly Work.Behavior _behavior;
            private readonly ExclusiveTerm _term;

            public Dependency(Work.Behavior behavior, ExclusiveTerm term)
            {
                (_behavior, _term) = (behavior, term);
                behavior.Record("dependency made", term);
            }

            public Task WorkAsync(CancellationToken stoppingToken) => _behavior.Do(_term, stoppingToken);

            public void Dispose() => _behavior.Record("dependency disposed", _term);
        }
    }
}
