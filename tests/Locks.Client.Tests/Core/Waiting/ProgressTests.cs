using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Waiting;

/// <summary>Who wants to know where it stands in line is told; who does not costs nothing.</summary>
public sealed class ProgressTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);

    private readonly FakeCoordinator _coordinator = new();
    private readonly ConcurrentQueue<WaitingStatus> _told = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Progress_IsToldAtOnce_AndWheneverItChanges()
    {
        int[] positions = [3, 3, 2, 1];
        _coordinator.OnAcquire = asked => new LockQueued(
            asked.Key, asked.AcquireId, positions[_coordinator.All<AcquireLock>().Count()], "the holder", TimeSpan.FromSeconds(9));
        await using var world = await StartAsync();
        var waiting = world.Client.AcquireAsync(LockFixture.Key, Wait, How(_told.Enqueue), Cancellation);
        for (var copies = 1; copies < positions.Length; copies++)
        {
            await _coordinator.ComesAsync<AcquireLock>(copies);
            await NextQuestionAsync(world);
        }

        await Eventually.HoldsAsync(() => _told.Count == 3);
        await _coordinator.SayAsync(world, _coordinator.Grant(_coordinator.All<AcquireLock>().First()));
        await using var handle = await waiting.Within();

        Assert.Equal([3, 2, 1], _told.Select(status => status.Rank));
        Assert.All(_told, status => Assert.Equal(("the holder", TimeSpan.FromSeconds(9)), (status.HolderOwner, status.HolderLeaseEndsIn)));
        Assert.Single(_coordinator.All<AcquireLock>().Distinct());
    }

    [Fact]
    public async Task WhoDoesNotAsk_CostsNoMessage()
    {
        _coordinator.OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 1);
        await using var world = await StartAsync();
        var waiting = world.Client.AcquireAsync(LockFixture.Key, Wait, Lease, Cancellation);
        await _coordinator.ComesAsync<AcquireLock>();
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(Wait));

        world.Time.Advance(Wait - TimeSpan.FromMilliseconds(1));
        await _coordinator.SayAsync(world, _coordinator.Grant(_coordinator.All<AcquireLock>().Single()));
        await using var handle = await waiting.Within();

        Assert.Single(_coordinator.All<AcquireLock>());
    }

    [Fact]
    public async Task ProgressThatThrows_IsLogged_AndDoesNotBreakTheWaiting()
    {
        _coordinator.OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 2 - _coordinator.All<AcquireLock>().Count());
        await using var world = await StartAsync();
        var waiting = world.Client.AcquireAsync(
            LockFixture.Key,
            Wait,
            How(status =>
            {
                _told.Enqueue(status);
                throw new InvalidOperationException("the caller's own fault");
            }),
            Cancellation);
        // Of two answers that come at once only the last is told.
        await Eventually.HoldsAsync(() => _told.Count == 1);
        await NextQuestionAsync(world);
        await Eventually.HoldsAsync(() => _told.Count == 2);
        await _coordinator.SayAsync(world, _coordinator.Grant(_coordinator.All<AcquireLock>().First()));

        await using var handle = await waiting.Within();
        await Eventually.HoldsAsync(() => world.Logs.Lines.Any(line => line.Contains("the caller's own fault", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ProgressThatBlocks_DoesNotDelayTheGrant_AndMissesWhatIsOutdated()
    {
        _coordinator.OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 4 - _coordinator.All<AcquireLock>().Count());
        await using var world = await StartAsync();
        using var gate = new SemaphoreSlim(0);
        var waiting = world.Client.AcquireAsync(
            LockFixture.Key,
            Wait,
            How(status =>
            {
                _told.Enqueue(status);
                gate.Wait();
            }),
            Cancellation);
        for (var copies = 1; copies < 4; copies++)
        {
            await _coordinator.ComesAsync<AcquireLock>(copies);
            if (copies == 1)
                await Eventually.HoldsAsync(() => _told.Count == 1);
            await NextQuestionAsync(world);
        }

        await _coordinator.ComesAsync<AcquireLock>(4);
        await _coordinator.SayAsync(world, _coordinator.Grant(_coordinator.All<AcquireLock>().First()));
        await using var handle = await waiting.Within();

        Assert.Equal([4], _told.Select(status => status.Rank));
        gate.Release(2);
        await Eventually.HoldsAsync(() => _told.Count == 2);
        Assert.Equal([4, 1], _told.Select(status => status.Rank));
    }

    private static LockOptions How(Action<WaitingStatus> tell) => new() { Lease = Lease, Progress = new Told(tell) };

    // Nothing else takes a second then: who has such a timer waits in line, and has been told so.
    private Task<LockFixture> StartAsync() => LockFixture.StartAsync(_coordinator, options => options.ResendAfter = TimeSpan.FromSeconds(7));

    private static async Task NextQuestionAsync(LockFixture world)
    {
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        world.Time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Calls at once, on the thread that reports; <see cref="Progress{T}"/> would hide what this thread may not do.</summary>
    private sealed class Told(Action<WaitingStatus> tell) : IProgress<WaitingStatus>
    {
        public void Report(WaitingStatus value) => tell(value);
    }
}
