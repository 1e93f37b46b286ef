using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Waiting;

/// <summary>A caller with a progress callback is told its rank in the queue; one without costs nothing.</summary>
public sealed class ProgressTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);

    private readonly FakeCoordinator _coordinator = new();
    private readonly ConcurrentQueue<WaitingStatus> _reported = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Progress_IsReportedAtOnce_AndWheneverItChanges()
    {
        int[] positions = [3, 3, 2, 1];
        _coordinator.OnAcquire = acquire => new LockQueued(
            acquire.Key, acquire.AcquireId, positions[_coordinator.All<AcquireLock>().Count()], "the holder", TimeSpan.FromSeconds(9));
        await using var fixture = await StartAsync();
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, Wait, Options(_reported.Enqueue), Cancellation);
        for (var copies = 1; copies < positions.Length; copies++)
        {
            await _coordinator.ReceivedAsync<AcquireLock>(copies);
            await NextProgressRequestAsync(fixture);
        }

        await Eventually.HoldsAsync(() => _reported.Count == 3);
        await _coordinator.SendUnaskedAsync(fixture, _coordinator.Grant(_coordinator.All<AcquireLock>().First()));
        await using var handle = await waiting.Within();

        Assert.Equal([3, 2, 1], _reported.Select(status => status.Rank));
        Assert.All(
            _reported, status => Assert.Equal(("the holder", TimeSpan.FromSeconds(9)), (status.HolderOwner, status.HolderLeaseEndsIn)));
        Assert.Single(_coordinator.All<AcquireLock>().Distinct());
    }

    [Fact]
    public async Task WithoutProgress_NoMessageIsSent()
    {
        _coordinator.OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1);
        await using var fixture = await StartAsync();
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, Wait, Lease, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(Wait));

        fixture.Time.Advance(Wait - TimeSpan.FromMilliseconds(1));
        await _coordinator.SendUnaskedAsync(fixture, _coordinator.Grant(_coordinator.All<AcquireLock>().Single()));
        await using var handle = await waiting.Within();

        Assert.Single(_coordinator.All<AcquireLock>());
    }

    [Fact]
    public async Task ProgressThatThrows_IsLogged_AndDoesNotBreakTheWaiting()
    {
        _coordinator.OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 2 - _coordinator.All<AcquireLock>().Count());
        await using var fixture = await StartAsync();
        var waiting = fixture.Client.AcquireAsync(
            LockFixture.Key,
            Wait,
            Options(status =>
            {
                _reported.Enqueue(status);
                throw new InvalidOperationException("the caller's own fault");
            }),
            Cancellation);
        // Of two answers that arrive at once only the last is reported.
        await Eventually.HoldsAsync(() => _reported.Count == 1);
        await NextProgressRequestAsync(fixture);
        await Eventually.HoldsAsync(() => _reported.Count == 2);
        await _coordinator.SendUnaskedAsync(fixture, _coordinator.Grant(_coordinator.All<AcquireLock>().First()));

        await using var handle = await waiting.Within();
        await Eventually.HoldsAsync(
            () => fixture.Logs.Lines.Any(line => line.Contains("the caller's own fault", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ProgressThatBlocks_DoesNotDelayTheGrant_AndMissesWhatIsOutdated()
    {
        _coordinator.OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 4 - _coordinator.All<AcquireLock>().Count());
        await using var fixture = await StartAsync();
        using var gate = new SemaphoreSlim(0);
        var waiting = fixture.Client.AcquireAsync(
            LockFixture.Key,
            Wait,
            Options(status =>
            {
                _reported.Enqueue(status);
                gate.Wait();
            }),
            Cancellation);
        for (var copies = 1; copies < 4; copies++)
        {
            await _coordinator.ReceivedAsync<AcquireLock>(copies);
            if (copies == 1)
                await Eventually.HoldsAsync(() => _reported.Count == 1);
            await NextProgressRequestAsync(fixture);
        }

        await _coordinator.ReceivedAsync<AcquireLock>(4);
        await _coordinator.SendUnaskedAsync(fixture, _coordinator.Grant(_coordinator.All<AcquireLock>().First()));
        await using var handle = await waiting.Within();

        Assert.Equal([4], _reported.Select(status => status.Rank));
        gate.Release(2);
        await Eventually.HoldsAsync(() => _reported.Count == 2);
        Assert.Equal([4, 1], _reported.Select(status => status.Rank));
    }

    private static LockOptions Options(Action<WaitingStatus> report) => new() { Lease = Lease, Progress = new ProgressRecorder(report) };

    // Nothing else takes a second then: a caller with such a timer is queued and knows it.
    private Task<LockFixture> StartAsync() => LockFixture.StartAsync(
        _coordinator, options => options.ResendAfter = TimeSpan.FromSeconds(7));

    private static async Task NextProgressRequestAsync(LockFixture fixture)
    {
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Calls at once, on the thread that reports; <see cref="Progress{T}"/> would hide what this thread may not do.</summary>
    private sealed class ProgressRecorder(Action<WaitingStatus> report) : IProgress<WaitingStatus>
    {
        public void Report(WaitingStatus value) => report(value);
    }
}
