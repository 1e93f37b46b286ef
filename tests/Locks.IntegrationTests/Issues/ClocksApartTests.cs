using System.Collections.Concurrent;
using Locks.Client;
using Locks.IntegrationTests.Faults;
using Locks.IntegrationTests.Protocol;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// Three coordinators whose wall clocks are half a minute apart and are set again and again, while they are killed, started and suspended
/// under load. They decided by their own wall clocks: two clients held a lock at a time, hundreds of times in four minutes, and waiters
/// timed out up to 20 s early.
/// </summary>
public sealed class ClocksApartTests(ITestOutputHelper output)
{
    private const int Keys = 6;
    private const int WorkersPerKey = 4;

    private static readonly TimeSpan Load = TimeSpan.FromSeconds(32);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(15);

    private readonly ConcurrentQueue<Interval> _intervals = new();
    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    [Fact]
    public async Task CoordinatorsWithWrongClocks_NeverLetTwoHoldALock_NorTimeAWaiterOutEarly()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        await using var first = Coordinator(fixture, aheadSeconds: 0, stepSeconds: 0);
        await using var second = Coordinator(fixture, aheadSeconds: 30, stepSeconds: -60);
        await using var third = Coordinator(fixture, aheadSeconds: -30, stepSeconds: 45);
        await Task.WhenAll(first.FirstLine, second.FirstLine, third.FirstLine);
        await using var held = await Client(fixture).AcquireAsync("held", LongWait, new LockOptions { Lease = LongWait, AutoRenew = true });

        using var over = new CancellationTokenSource(Load, TimeProvider.System);
        var work = Task.WhenAll(
        [
            .. Enumerable.Range(0, Keys * WorkersPerKey).Select(number => WorkAsync(Client(fixture), $"key {number % Keys}", number, over.Token)),
            .. Enumerable.Range(0, 5).Select(_ => WaitInVainAsync(Client(fixture), over.Token)),
        ]);
        await LaterAsync(8);
        second.Kill();
        await using var fourth = Coordinator(fixture, aheadSeconds: 31, stepSeconds: -60);
        await LaterAsync(6);
        await third.SuspendAsync();
        await LaterAsync(5);
        await third.ResumeAsync();
        await LaterAsync(5);
        first.Kill();
        await using var fifth = Coordinator(fixture, aheadSeconds: -29, stepSeconds: 33);
        await work.WaitAsync(TimeSpan.FromMinutes(10), TimeProvider.System);

        var overlaps = _intervals
            .GroupBy(interval => interval.Key)
            .SelectMany(ofKey => ofKey.OrderBy(interval => interval.From).Zip(ofKey.OrderBy(interval => interval.From).Skip(1)))
            .Count(pair => pair.First.Until > pair.Second.From);
        var early = _waits.Count(waited => waited < ShortWait - TimeSpan.FromSeconds(1));
        output.WriteLine($"{_intervals.Count} holds, {overlaps} overlaps; {_waits.Count} waits in vain, {early} ended early");
        Assert.Equal(0, overlaps);
        Assert.Equal(0, early);
        Assert.True(held.IsHeld);
        Assert.True(_intervals.Count > 20, $"{_intervals.Count} holds");
        Assert.NotEmpty(_waits);
    }

    private static TestProcess Coordinator(RabbitMqLockFixture fixture, double aheadSeconds, double stepSeconds) =>
        TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString, clockAheadSeconds: aheadSeconds, clockStepSeconds: stepSeconds);

    /// <summary>A client that bears with a busy machine.</summary>
    private static ILockClient Client(RabbitMqLockFixture fixture) =>
        fixture.NewClient(options => options.RequestTimeout = TimeSpan.FromMinutes(1));

    private static Task LaterAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);

    /// <summary>Takes a lock again and again, and holds it for longer than a sweep of the coordinators, or until it is lost.</summary>
    private async Task WorkAsync(ILockClient client, string key, int seed, CancellationToken over)
    {
        var random = new Random(seed);
        while (!over.IsCancellationRequested)
        {
            ILockHandle handle;
            try
            {
                handle = await client.AcquireAsync(key, LongWait, new LockOptions { Lease = Lease, AutoRenew = true }, over);
            }
            catch (Exception exception) when (exception is OperationCanceledException or LockUnavailableException)
            {
                continue;
            }

            await using (handle)
                _intervals.Enqueue(await HoldAsync(handle, TimeSpan.FromMilliseconds(random.Next(10, 4_000))));
        }
    }

    /// <summary>Looks at the handle all the time, and notes between which moments it said that the lock was held.</summary>
    private static async Task<Interval> HoldAsync(ILockHandle handle, TimeSpan length)
    {
        var from = TimeProvider.System.GetTimestamp();
        var until = from;
        while (handle.IsHeld && TimeProvider.System.GetElapsedTime(from) < length)
        {
            until = TimeProvider.System.GetTimestamp();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        return new Interval(handle.Key, from, until);
    }

    /// <summary>Waits for a lock that stays held, and notes how long that took.</summary>
    private async Task WaitInVainAsync(ILockClient client, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var start = TimeProvider.System.GetTimestamp();
            try
            {
                await (await client.AcquireAsync("held", ShortWait, Lease, over)).DisposeAsync();
                _waits.Enqueue(TimeSpan.Zero);
            }
            catch (LockTimeoutException)
            {
                _waits.Enqueue(TimeProvider.System.GetElapsedTime(start));
            }
            catch (Exception exception) when (exception is OperationCanceledException or LockUnavailableException)
            {
                // The test is over, or a coordinator died with the answer.
            }
        }
    }

    private sealed record Interval(string Key, long From, long Until);
}
