using Locks.Contracts;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.Client.Tests.Exclusive;

/// <summary>Only one instance runs it: turns, losses, faults, and a coordinator that is away.</summary>
public sealed class ExclusiveServiceTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly FakeCoordinator _coordinator = new();

    public ExclusiveServiceTests() => _coordinator.OnAcquire = asked => _coordinator.Grant(asked);

    [Fact]
    public async Task OneInstanceRunsIt_AndWhenThatStops_TheNextInLineDoesAtOnce()
    {
        await using var world = await LockFixture.StartAsync();
        await using var first = await Instance.StartAsync(world);
        await first.HappensAsync("begin");
        await using var second = await Instance.StartAsync(world);
        await InLineAsync(world, 1);
        await using var third = await Instance.StartAsync(world);
        await InLineAsync(world, 2);
        Assert.Empty(second.Script.Events);

        // Time stands still all along: nothing waits for a lease to end.
        await first.StopAsync();
        Assert.Equal(["begin", "stop", "end", "disposed"], first.Script.Events);
        await second.HappensAsync("begin");
        Assert.Empty(third.Script.Events);
        await second.StopAsync();
        await third.HappensAsync("begin");

        long[] fences = [first.Script.Terms[0].FencingToken, second.Script.Terms[0].FencingToken, third.Script.Terms[0].FencingToken];
        Assert.Equal(fences.Order().Distinct(), fences);
    }

    [Fact]
    public async Task TheLockIsRenewed_ForAsLongAsItRuns()
    {
        await using var world = await LockFixture.StartAsync();
        await using var instance = await Instance.StartAsync(world, new() { Lease = Lease, Owner = "the one" });
        await instance.HappensAsync("begin");
        Assert.Equal("the one", (await world.StoredAsync())!.State.Holder!.Owner);

        for (var round = 0; round < 6; round++)
        {
            // Whoever renews must hold on to the handle itself.
            GC.Collect();
            var due = (await world.StoredAsync())!.State.DueAt;
            await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));
            world.Time.Advance(Lease / 3);
            await Eventually.HoldsAsync(async () => (await world.StoredAsync())!.State.DueAt > due);
        }

        Assert.Equal(["begin"], instance.Script.Events);
    }

    [Fact]
    public async Task AnInstanceThatStopsWhileItWaits_LeavesTheLine()
    {
        await using var world = await LockFixture.StartAsync();
        await using var first = await Instance.StartAsync(world);
        await first.HappensAsync("begin");
        await using var second = await Instance.StartAsync(world);
        await InLineAsync(world, 1);

        await second.StopAsync();

        await InLineAsync(world, 0);
        Assert.Empty(second.Script.Events);
        Assert.Equal(["begin"], first.Script.Events);
    }

    [Fact]
    public async Task WhenTheLockIsLost_TheServiceIsStopped_AndANewOneHasTheNextTerm()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(world, new() { Lease = Lease });
        await instance.HappensAsync("begin");
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.Superseded);

        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));
        world.Time.Advance(Lease / 3);

        await instance.HappensAsync("begin", 2);
        // The work ends and is stopped by the same signal, in either order.
        Assert.Equal(["begin", "end", "stop"], instance.Script.Events.Take(3).Order());
        Assert.Equal(["disposed", "begin"], instance.Script.Events.Skip(3));
        Assert.True(instance.HasSaid("Work was stopped because lock orders/42 was lost (Superseded)"));
        var (before, after) = (instance.Script.Terms[0], instance.Script.Terms[1]);
        Assert.True(after.FencingToken > before.FencingToken);
        Assert.True(before.Lost.IsCancellationRequested);
        Assert.False(after.Lost.IsCancellationRequested);
        Assert.Equal(LockFixture.Key, after.Key);
        Assert.Empty(_coordinator.All<ReleaseLock>());
    }

    [Fact]
    public async Task WhenTheCoordinatorFallsSilent_TheServiceIsStopped_BeforeItsLeaseEnds()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(world, new() { Lease = Lease });
        await instance.HappensAsync("begin");
        _coordinator.OnRenew = _ => null;
        _coordinator.OnAcquire = _ => null;

        world.Time.Advance(Lease - TimeSpan.FromMilliseconds(501));
        Assert.False(instance.Script.Terms[0].Lost.IsCancellationRequested);
        world.Time.Advance(TimeSpan.FromMilliseconds(1));

        await instance.HappensAsync("disposed");
    }

    [Fact]
    public async Task AServiceThatDoesNotStop_IsReported_AndThereIsNoSecondOneUntilItHasEnded()
    {
        var end = new TaskCompletionSource();
        await using var world = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(
            world, new() { Lease = Lease, StopTimeout = TimeSpan.FromSeconds(7) }, script => script.Do = (_, _) => end.Task);
        await instance.HappensAsync("begin");
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));
        world.Time.Advance(Lease / 3);
        await instance.HappensAsync("stop");
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(7)));
        Assert.False(instance.HasSaid("did not stop"));

        world.Time.Advance(TimeSpan.FromSeconds(7));

        await instance.SaysAsync("Work did not stop within 00:00:07 and still runs");
        await instance.HappensAsync("hurry");
        Assert.Single(_coordinator.All<AcquireLock>());
        end.SetResult();
        await instance.HappensAsync("begin", 2);
        Assert.Equal(["begin", "stop", "hurry", "end", "disposed", "begin"], instance.Script.Events.Take(6));
    }

    [Fact]
    public async Task AServiceThatDoesNotStopWithItsHost_KeepsTheLock_UntilItHasEnded()
    {
        var end = new TaskCompletionSource();
        await using var world = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(world, script: script => script.Do = (_, _) => end.Task);
        await instance.HappensAsync("begin");
        string[] before = [];
        _coordinator.OnRelease = release =>
        {
            before = [.. instance.Script.Events];
            return new LockReleased(release.Key, 1);
        };

        using var hurry = new CancellationTokenSource();
        var stopping = instance.StopAsync(hurry.Token);
        await instance.HappensAsync("stop");
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(10)));
        world.Time.Advance(TimeSpan.FromSeconds(10));
        await instance.SaysAsync("Work did not stop within 00:00:10 and still runs");
        await hurry.CancelAsync();
        await stopping;
        end.SetResult();

        await _coordinator.ComesAsync<ReleaseLock>();
        Assert.Equal(["begin", "stop", "hurry", "end", "disposed"], before);
    }

    [Fact]
    public async Task ADefaultHost_StopsWhenTheServiceThrows_AndTheNextInstanceTakesOver()
    {
        await using var world = await LockFixture.StartAsync();
        await using var first = await Instance.StartAsync(
            world, script: script => script.Do = (_, _) => throw new InvalidDataException("the ledger is torn"));

        await Eventually.FiresAsync(first.Stopping);

        Assert.True(await world.IsFreeAsync());
        await first.SaysAsync("the ledger is torn");
        Assert.Equal(["begin", "end", "stop", "disposed"], first.Script.Events);
        await using var second = await Instance.StartAsync(world);
        await second.HappensAsync("begin");
    }

    [Fact]
    public async Task AHostThatIgnoresFaults_GoesOnWithoutTheService()
    {
        await using var world = await LockFixture.StartAsync();
        await using var instance = await Instance.StartAsync(
            world,
            script: script => script.Do = (_, _) => throw new InvalidDataException("the ledger is torn"),
            configure: services => services.Configure<HostOptions>(
                host => host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore));

        await instance.SaysAsync("the ledger is torn");

        Assert.True(await world.IsFreeAsync());
        Assert.False(instance.Stopping.IsCancellationRequested);
        Assert.Equal(["begin", "end", "stop", "disposed"], instance.Script.Events);
    }

    [Fact]
    public async Task AFaultInAnswerToALoss_IsLogged_AndTheInstanceStandsInLineAgain()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(world, new() { Lease = Lease }, script => script.Do = async (_, stoppingToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidDataException("cut off in the middle");
        });
        await instance.HappensAsync("begin");
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));

        world.Time.Advance(Lease / 3);

        await instance.HappensAsync("begin", 2);
        await instance.SaysAsync("Work failed when it was told to stop.");
        Assert.False(instance.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task AServiceThatReturns_GivesTheLockBack_AndRunsOnceOnEachInstance()
    {
        await using var world = await LockFixture.StartAsync();
        await using var first = await Instance.StartAsync(world, script: script => script.Do = (_, _) => Task.CompletedTask);
        await first.SaysAsync("Work has done its work");
        Assert.True(await world.IsFreeAsync());

        await using var second = await Instance.StartAsync(world);
        await second.HappensAsync("begin");

        Assert.Equal(0, await world.WaitersAsync());
        Assert.Equal(["begin", "end", "stop", "disposed"], first.Script.Events);
        Assert.False(first.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task AServiceThatWorksInTheBackgroundByItself_RunsUntilItIsStopped()
    {
        await using var world = await LockFixture.StartAsync();
        await using var instance = await Instance.StartAsync<Plain>(world);
        await instance.HappensAsync("started");
        Assert.False(await world.IsFreeAsync());

        await instance.StopAsync();

        Assert.Equal(["started", "stopped"], instance.Script.Events);
        Assert.True(await world.IsFreeAsync());
    }

    [Theory]
    [InlineData(typeof(NeverMade), "no such ledger")]
    [InlineData(typeof(NeverStarted), "the ledger is locked")]
    public async Task AServiceThatCannotBeMadeOrStarted_IsAFault(Type service, string says)
    {
        await using var world = await LockFixture.StartAsync();
        await using var instance = await (service == typeof(NeverMade)
            ? Instance.StartAsync<NeverMade>(world)
            : Instance.StartAsync<NeverStarted>(world));

        await Eventually.FiresAsync(instance.Stopping);

        await instance.SaysAsync(says);
        Assert.True(await world.IsFreeAsync());
    }

    [Fact]
    public async Task ACoordinatorThatIsAway_IsTriedAgainForEver_WithGrowingPauses()
    {
        var patience = TimeSpan.FromSeconds(1);
        _coordinator.OnAcquire = _ => null;
        await using var world = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(
            world,
            new() { RetryDelay = TimeSpan.FromSeconds(17) },
            configure: services => services.AddLockClient(client => (client.RequestTimeout, client.ResendAfter) = (patience, 60 * patience)));
        int[] pauses = [17, 34, 60, 60];

        for (var tries = 1; tries <= pauses.Length; tries++)
        {
            var pause = TimeSpan.FromSeconds(pauses[tries - 1]);
            await _coordinator.ComesAsync<AcquireLock>(tries);
            world.Time.Advance(patience);
            await Eventually.HoldsAsync(() => world.Time.Timers.Contains(pause));
            Assert.True(instance.HasSaid($"Work can't stand in line for lock orders/42; trying again in {pause}."));
            world.Time.Advance(pause);
        }

        Assert.False(instance.Stopping.IsCancellationRequested);
        _coordinator.OnAcquire = asked => _coordinator.Grant(asked);
        await instance.HappensAsync("begin");
    }

    [Fact]
    public async Task ALineThatIsFull_IsTriedAgain()
    {
        _coordinator.OnAcquire = asked => new LockDenied(asked.Key, asked.AcquireId, DenyReasons.QueueFull);
        await using var world = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync(world, new() { RetryDelay = TimeSpan.FromSeconds(3) });
        await instance.SaysAsync("trying again in 00:00:03");
        _coordinator.OnAcquire = asked => _coordinator.Grant(asked);
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(3)));

        world.Time.Advance(TimeSpan.FromSeconds(3));

        await instance.HappensAsync("begin");
    }

    [Fact]
    public async Task WhoWaitsLong_StandsInLineAnew_AndSaysNothing()
    {
        await using var world = await LockFixture.StartAsync();
        await using var first = await world.Client.TryAcquireAsync(LockFixture.Key, TimeSpan.FromHours(1));
        await using var instance = await Instance.StartAsync(world);
        for (var minute = 0; minute < 3; minute++)
        {
            await world.SomebodyWaitsAsync();
            var attempt = (await world.StoredAsync())!.State.Waiters.Head?.AcquireId;
            world.Time.Advance(TimeSpan.FromMinutes(1));
            await Eventually.HoldsAsync(async () =>
                (await world.StoredAsync())!.State.Waiters is { Count: 1, Head: { } waiter } && waiter.AcquireId != attempt);
        }

        Assert.False(instance.HasSaid("can't stand in line"));
        await first!.ReleaseAsync();
        await instance.HappensAsync("begin");
    }

    [Fact]
    public async Task EachTerm_HasAScopeOfItsOwn_AndNothingElseHasTheTerm()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        await using var instance = await Instance.StartAsync<Scoped>(
            world, new() { Lease = Lease }, configure: services => services.AddScoped<Scoped.Part>());
        await instance.HappensAsync("part made");
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));
        world.Time.Advance(Lease / 3);
        await instance.HappensAsync("part made", 2);

        Assert.Equal(["part made", "part disposed", "part made"], instance.Script.Events);
        using var scope = instance.Services.CreateScope();
        var refusal = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<ExclusiveTerm>());
        Assert.Contains("AddExclusiveHostedService", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoServicesOfOneInstance_HaveALockEach_AndAreMadeApartFromOtherRegistrations()
    {
        await using var world = await LockFixture.StartAsync();
        await using var instance = await Instance.StartAsync(world, configure: services => services
            .AddSingleton<Work>(_ => throw new InvalidOperationException("somebody else's"))
            .AddExclusiveHostedService<Work>("another key")
            .AddExclusiveHostedService<Plain>("a third one"));

        await instance.HappensAsync("begin", 2);
        await instance.HappensAsync("started");

        Assert.Equal(["another key", LockFixture.Key], instance.Script.Terms.Select(term => term.Key).Order());
        await instance.StopAsync();
        Assert.True(await world.IsFreeAsync() && await world.IsFreeAsync("another key") && await world.IsFreeAsync("a third one"));
    }

    [Fact]
    public async Task AHostThatStops_GivesTheLockBack_BeforeItStopsItsBus_WhicheverWasAddedFirst()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var logs = new CapturedLogs();
        builder.Logging.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(logs);
        var script = new Work.Script();
        builder.Services.AddSingleton(script).AddExclusiveHostedService<Work>(LockFixture.Key);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddLockCoordinator();
            bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
        });
        using var host = builder.Build();
        await host.StartAsync();
        await Eventually.HoldsAsync(() => script.Terms.Count == 1);

        await host.StopAsync().Within();

        var stored = await host.Services.GetRequiredService<ILockStore>().LoadAsync([LockKey.ToId(LockFixture.Key)], CancellationToken.None);
        Assert.Null(Assert.Single(stored).State.Holder);
        Assert.DoesNotContain(logs.Lines, line => line.Contains("was not answered", StringComparison.Ordinal));
    }

    [Fact]
    public void Nonsense_IsRefused_WhenItIsAdded()
    {
        var services = new ServiceCollection();

        Says("Key is missing or empty", "");
        Says("Lease is 00:00:00; it must be between", "a", new() { Lease = TimeSpan.Zero });
        Says("Owner is missing or empty", "a", new() { Owner = "" });
        Says("ExclusiveServiceOptions.StopTimeout is '00:00:00'; it must be between 00:00:00.0100000 and 00:10:00.", "a", new() { StopTimeout = default });
        Says("ExclusiveServiceOptions.RetryDelay is '00:02:00'; it must be between 00:00:00.0100000 and 00:01:00.", "a", new() { RetryDelay = TimeSpan.FromMinutes(2) });
        Assert.Empty(services);

        void Says(string text, string key, ExclusiveServiceOptions? options = null) => Assert.Contains(
            text,
            Assert.ThrowsAny<ArgumentException>(() => services.AddExclusiveHostedService<Work>(key, options)).Message,
            StringComparison.Ordinal);
    }

    private static Task InLineAsync(LockFixture world, int count) =>
        Eventually.HoldsAsync(async () => await world.WaitersAsync() == count, what: $"{count} in line");

    private sealed class Plain(Work.Script script, ExclusiveTerm term) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            script.Note("started", term);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            script.Note("stopped", term);
            return Task.CompletedTask;
        }
    }

    private sealed class NeverMade : IHostedService
    {
        public NeverMade() => throw new InvalidDataException("no such ledger");

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class NeverStarted : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidDataException("the ledger is locked");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Scoped(Scoped.Part part) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => part.WorkAsync(stoppingToken);

        public sealed class Part : IDisposable
        {
            private readonly Work.Script _script;
            private readonly ExclusiveTerm _term;

            public Part(Work.Script script, ExclusiveTerm term)
            {
                (_script, _term) = (script, term);
                script.Note("part made", term);
            }

            public Task WorkAsync(CancellationToken stoppingToken) => _script.Do(_term, stoppingToken);

            public void Dispose() => _script.Note("part disposed", _term);
        }
    }
}
