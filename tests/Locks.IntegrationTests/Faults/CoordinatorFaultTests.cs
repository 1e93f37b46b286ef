using Locks.Client;
using Locks.Contracts;
using Locks.Coordinator.Storage;
using Locks.Failpoints;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>Coordinators that share the work, and coordinators that die.</summary>
public sealed class CoordinatorFaultTests
{
    private static readonly TimeSpan LongLease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task TwoCoordinators_OnTheSameKeys_NeverGrantALockTwice()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await fixture.StartCoordinatorAsync();
        await fixture.StartCoordinatorAsync();
        string[] keys = ["a", "b"];
        var inside = new int[keys.Length];
        var overlaps = 0;
        var grants = 0;

        await Task.WhenAll(Enumerable.Range(0, 12).Select(async number =>
        {
            var client = fixture.NewClient();
            var key = number % keys.Length;
            for (var turn = 0; turn < 10; turn++)
            {
                await using var handle = await client.AcquireAsync(keys[key], LongWait, LongLease);
                if (Interlocked.Increment(ref inside[key]) != 1)
                    Interlocked.Increment(ref overlaps);
                await Task.Yield();
                Interlocked.Increment(ref grants);
                Interlocked.Decrement(ref inside[key]);
            }
        }));

        Assert.Equal(0, overlaps);
        Assert.Equal(120, grants);
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Holder is null && (await fixture.LookAsync("b"))!.Holder is null);
    }

    [Fact]
    public async Task ACoordinatorThatIsKilledBeforeItsCommit_LeavesNothing_AndTheNextOneGrants()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        await using var doomed = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString, die: (Failpoint.BeforeCommit, "doomed"));
        Assert.Equal("READY", await doomed.FirstLine);

        var acquiring = fixture.NewClient().AcquireAsync("doomed", LongWait, LongLease);
        await doomed.ExitAsync();
        Assert.Null(await fixture.LookAsync("doomed"));
        Assert.False(acquiring.IsCompleted);
        await fixture.StartCoordinatorAsync();

        await using var handle = await acquiring;
        var granted = (await fixture.LookAsync("doomed"))!;
        Assert.Equal((handle.FencingToken, handle.FencingToken), (granted.Holder!.FencingToken, granted.LastFence));
    }

    [Fact]
    public async Task ACoordinatorThatIsKilledAfterItsReply_HasItsGrantLeftAsItIsByTheNextOne()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        await using var doomed = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString, die: (Failpoint.AfterReply, "doomed"));
        Assert.Equal("READY", await doomed.FirstLine);

        var acquiring = fixture.NewClient().AcquireAsync("doomed", LongWait, LongLease);
        await doomed.ExitAsync();
        var told = (await fixture.LookAsync("doomed"))!;
        await fixture.StartCoordinatorAsync();

        // The reply was sent, and has arrived or was lost with the process. What was not acknowledged comes again before the renewal.
        await using var handle = await acquiring;
        Assert.True(await handle.RenewAsync());
        var now = (await fixture.LookAsync("doomed"))!;
        Assert.Equal((handle.FencingToken, told.Holder!.Token.Value), (now.Holder!.FencingToken, now.Holder.Token.Value));
        Assert.Equal(told.LastFence, now.LastFence);
    }

    [Fact]
    public async Task ACoordinatorThatIsKilledBetweenCommitAndReply_HasItsGrantToldByTheNextOne()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        await using var doomed = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString, die: (Failpoint.AfterCommit, "doomed"));
        Assert.Equal("READY", await doomed.FirstLine);

        // The one copy of this request is never sent again: only the broker's redelivery can bring the answer.
        var attempt = new AcquireLock("doomed", Guid.CreateVersion7(), "me", LongLease);
        var answer = fixture.AskAsync<AcquireLock, LockAcquired, LockDenied>(attempt, TimeSpan.FromSeconds(60));
        await doomed.ExitAsync();
        var committed = (await fixture.LookAsync("doomed"))!.Holder!;
        Assert.False(answer.IsCompleted);

        await fixture.StartCoordinatorAsync();

        var granted = Assert.IsType<LockAcquired>(await answer);
        Assert.Equal(attempt.AcquireId, committed.AcquireId);
        Assert.Equal(committed.FencingToken, granted.FencingToken);
        Assert.Equal(committed.Token.Value, granted.OwnerToken);
        Assert.Equal(committed.FencingToken, (await fixture.LookAsync("doomed"))!.LastFence);
    }

    [Fact]
    public async Task ACoordinatorThatIsKilledBetweenCommitAndReply_HasTheGrantOutOfTheQueueToldByTheNextOne()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        var first = await fixture.StartCoordinatorAsync();
        await using var holder = await fixture.NewClient().TryAcquireAsync("doomed", LongLease);
        var waiting = fixture.NewClient().AcquireAsync("doomed", LongWait, LongLease);
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("doomed"))!.Waiters.Count == 1);
        await fixture.StopCoordinatorAsync(first);
        await using var doomed = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString, die: (Failpoint.AfterCommit, "doomed"));
        Assert.Equal("READY", await doomed.FirstLine);

        var releasing = holder!.ReleaseAsync();
        await doomed.ExitAsync();
        var committed = (await fixture.LookAsync("doomed"))!.Holder!;
        Assert.NotEqual(holder.FencingToken, committed.FencingToken);
        Assert.False(waiting.IsCompleted);
        await fixture.StartCoordinatorAsync();

        // Not when the window of the grant is over, and not when the client is asked for its waiters: at once, and the same grant.
        await using var handle = await waiting;
        Assert.Equal(committed.FencingToken, handle.FencingToken);
        await releasing;
    }

    [Fact]
    public async Task ACoordinatorThatHasLostItsMemory_HasTheWaitersResend()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        var forgetful = await StartInMemoryAsync();
        await using var holder = await fixture.NewClient().TryAcquireAsync("a", LongLease);
        var client = fixture.NewClient(options => options.HeartbeatInterval = TimeSpan.FromSeconds(1));
        var waiting = Enumerable.Range(0, 5).Select(_ => client.AcquireAsync("a", LongWait, LongLease)).ToArray();
        await Eventually.HoldsAsync(async () => (await StoreOf(forgetful).LoadAsync([LockKey.ToId("a")], CancellationToken.None))[0].State.Waiters.Count == 5);

        await fixture.StopServiceAsync(forgetful);
        await StartInMemoryAsync();

        await Task.WhenAll(waiting.Select(async granted => await (await granted).DisposeAsync()));

        Task<IHost> StartInMemoryAsync() => fixture.StartServiceAsync(bus => bus.AddLockCoordinator(options => options.QueueName = fixture.QueueName));

        static ILockStore StoreOf(IHost host) => host.Services.GetRequiredService<ILockStore>();
    }

    [Fact]
    public async Task ACoordinatorThatIsKilled_LeavesItsWaitersToAnother()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        await using var first = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString);
        await first.FirstLine;
        var client = fixture.NewClient();
        var holder = await client.TryAcquireAsync("a", LongLease);
        var waiters = new List<Task<ILockHandle>>();
        for (var i = 0; i < 5; i++)
        {
            waiters.Add(client.AcquireAsync("a", LongWait, LongLease));
            await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == waiters.Count);
        }

        first.Kill();
        await first.ExitAsync();
        await fixture.StartCoordinatorAsync();
        Assert.True(await holder!.ReleaseAsync());

        var fence = holder.FencingToken;
        foreach (var waiter in waiters)
        {
            await using var handle = await waiter;
            Assert.True(handle.FencingToken > fence);
            fence = handle.FencingToken;
        }
    }

    [Fact]
    public async Task CallersWhoPassALockOn_DoNotWaitForAWindowToEnd_WhenItsCoordinatorIsKilled()
    {
        const int callers = 16;
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        await using var killed = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString);
        await killed.FirstLine;
        // Of two coordinators, the one that started first reads the first queue.
        var key = Enumerable.Range(0, 100).Select(i => $"{i}").First(name => LockPartitions.IndexOf(LockKey.ToId(name), 2) == 0);
        // A busy machine may take longer to start a process than clients wait for one.
        var client = fixture.NewClient(options => options.RequestTimeout = LongWait);
        using var end = new CancellationTokenSource();
        var grants = 0;
        var passing = Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(PassOnAsync)));
        await using var standby = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString);
        await standby.FirstLine;
        await GoesOnAsync();

        killed.Kill();
        await GoesOnAsync(limit: TimeSpan.FromSeconds(8));
        standby.Kill();
        // Most of a window, if there is one to wait for, passes while this starts; and how long its first grants take is the machine's matter.
        await using var next = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString);
        await next.FirstLine;
        await GoesOnAsync();

        await end.CancelAsync();
        await passing;

        async Task PassOnAsync()
        {
            while (!end.IsCancellationRequested)
            {
                await using var handle = await client.AcquireAsync(key, LongWait, LongLease);
                Interlocked.Increment(ref grants);
                await Task.Yield();
            }
        }

        // More than they can pass on among themselves.
        async Task GoesOnAsync(TimeSpan? limit = null)
        {
            var before = Volatile.Read(ref grants);
            await Eventually.HoldsAsync(() => Volatile.Read(ref grants) > before + (3 * callers), limit, $"{3 * callers} grants more");
        }
    }

    [Fact]
    public async Task LeasesThatEndWhileNoCoordinatorRuns_AreFreedWithinSecondsOfTheNextStart()
    {
        const int locks = 20;
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        var coordinator = await fixture.StartCoordinatorAsync();
        var client = fixture.NewClient();
        for (var i = 0; i < locks; i++)
            Assert.True(await client.TryAcquireAsync($"k{i}", TimeSpan.FromSeconds(5)) is not null);

        await fixture.StopCoordinatorAsync(coordinator);
        await Eventually.HoldsAsync(async () =>
            (await fixture.Store.FindOverdueAsync(TimeProvider.System.GetUtcNow(), 1_000, CancellationToken.None)).Count == locks);
        await fixture.StartCoordinatorAsync();

        await Eventually.HoldsAsync(
            async () => (await Task.WhenAll(Enumerable.Range(0, locks).Select(i => fixture.LookAsync($"k{i}")))).All(found => found!.Holder is null),
            TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task AHolderThatIsKilled_LosesTheLockToTheNextWithinItsLease()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await using var holder = TestProcess.Holder(fixture.QueueName, "a", leaseSeconds: 3);
        var said = await holder.FirstLine;
        Assert.StartsWith("HELD ", said, StringComparison.Ordinal);
        var waiting = fixture.NewClient().AcquireAsync("a", LongWait, LongLease);
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == 1);

        holder.Kill();

        await using var next = await waiting;
        Assert.True(next.FencingToken > long.Parse(said["HELD ".Length..], System.Globalization.CultureInfo.InvariantCulture));
        var grant = (await fixture.LookAsync("a"))!.Holder!;
        Assert.Equal(next.FencingToken, grant.FencingToken);
    }
}
