using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Processes;
using Locks.Benchmarks.Report;
using Locks.Benchmarks.Servers;

namespace Locks.Benchmarks.Scenarios;

/// <summary>
/// What does a long queue cost: each hand-off, in the coordinator's memory, and in messages while nothing happens? Who had a turn goes to
/// the end of the setup, so the setup stays as long as it is.
/// </summary>
internal sealed class Waiters : IScenario
{
    public const string Rate = "hand-offs per second";
    public const string Cost = "hand-off, times that in the shortest queue";
    public const string Memory = "coordinator memory per waiter";
    public const string Messages = "messages to the coordinator while all wait";
    public const string Heartbeats = "messages in an interval of the heartbeat";

    public static readonly IReadOnlyList<int> Sizes = [10, 1_000, 10_000];

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var workers = context.HireApart();
        var interval = context.Scaled(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));
        var (queue, database) = await context.OpenDurableAsync(workers.Server, cancellationToken);
        var client = new Candidate(CandidateList.Durable, "hand-off", new LockOperationResource(context.Broker, queue, TimeLimit, interval));
        var setup = new Setup(context, workers, queue, database, await workers.OpenClientsAsync(client, cancellationToken), interval);
        await workers.MeasureAsync(setup.Resource, Shapes.Together(Sizes[0]) with { Length = WarmUp }, cancellationToken);

        var found = Sizes.ToDictionary(size => size, _ => new List<QueueFigures>());
        for (var round = 1; round <= context.Settings.Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"Round {round} of {context.Settings.Rounds}.");
            foreach (var size in round % 2 == 1 ? Sizes : Sizes.Reverse())
                found[size].Add(await MeasureAsync(setup, context.Scaled(size), cancellationToken));
        }

        return new ScenarioFigures(ScenarioNames.Waiters, [], [.. Sizes.SelectMany(size => Tell(size, found[size], found[Sizes[0]]))]);
    }

    private static async Task<QueueFigures> MeasureAsync(Setup setup, int waiters, CancellationToken cancellationToken)
    {
        var (workers, holder, prefix) = (setup.WorkerSet, setup.WorkerSet.Clients[0], $"bench-queue-{Guid.CreateVersion7():N}");
        await StoredWaiters.UntilEmptyAsync(setup.Database, cancellationToken);
        var before = await workers.Server.DoAsync(new AskHeap(), cancellationToken);
        await holder.DoAsync(new TakeLocks(setup.Resource, prefix, Count: 1, LongestWait, HowHeld.NotRenewed), cancellationToken);
        var key = HeldLocks.KeyOf(prefix, 0);
        var shape = new LoadShape(waiters, key, OneKey: true, setup.ScenarioContext.Settings.Length, LongestWait, BehindAHolder: true);

        Task<Measurement> handOffs;
        long after, messages;
        await using (var tap = await BrokerTap.OpenAsync(setup.ScenarioContext.Broker, setup.Queue, cancellationToken))
        {
            handOffs = workers.MeasureAsync(setup.Resource, shape, cancellationToken);
            await StoredWaiters.UntilLongAsync(setup.Database, key, waiters, handOffs, cancellationToken);
            after = await workers.Server.DoAsync(new AskHeap(), cancellationToken);
            messages = await CountAsync(tap, setup.Interval, cancellationToken);
        }

        await holder.DoAsync(new LetGo(setup.Resource), cancellationToken);
        return new QueueFigures(
            (await handOffs).PerSecond,
            (double)(after - before) / waiters,
            messages / setup.Interval.TotalSeconds,
            (double)messages / workers.Clients.Count);
    }

    private static async Task<long> CountAsync(BrokerTap tap, TimeSpan interval, CancellationToken cancellationToken)
    {
        var before = tap.Count;
        if (before == 0)
            throw new MeasurementFailedException("The tap at the broker saw no message, though many were sent.");
        await Task.Delay(interval, TimeProvider.System, cancellationToken);
        return tap.Count - before;
    }

    private static IEnumerable<Metric> Tell(int size, List<QueueFigures> rounds, List<QueueFigures> shortest)
    {
        var shape = Shapes.Waiting(size);
        yield return Metric.Of(ScenarioNames.Waiters, shape, Rate, "per second", rounds.Select(round => round.PerSecond));
        if (size != Sizes[0])
        {
            yield return Metric.Of(
                ScenarioNames.Waiters, shape, Cost, "×", rounds.Zip(shortest, (round, few) => few.PerSecond / round.PerSecond));
            // That of few waiters is lost in what else a heap does.
            yield return Metric.Of(ScenarioNames.Waiters, shape, Memory, "bytes", rounds.Select(round => round.BytesPerWaiter));
        }

        yield return Metric.Of(
            ScenarioNames.Waiters, shape, Messages, "per second", rounds.Select(round => round.MessagesPerSecond));
        yield return Metric.Of(
            ScenarioNames.Waiters, shape, Heartbeats, "per client process and interval", rounds.Select(round => round.Heartbeats));
    }

    private sealed record Setup(ScenarioContext ScenarioContext, WorkerSet WorkerSet, string Queue, string Database, string Resource, TimeSpan Interval);

    private sealed record QueueFigures(double PerSecond, double BytesPerWaiter, double MessagesPerSecond, double Heartbeats);
}
