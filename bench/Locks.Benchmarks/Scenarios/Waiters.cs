using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Processes;
using Locks.Benchmarks.Report;
using Locks.Benchmarks.Servers;

namespace Locks.Benchmarks.Scenarios;

/// <summary>
/// What does a long line cost: each hand-off, in the coordinator's memory, and in messages while nothing happens? Who had a turn goes to
/// the end of the line, so the line stays as long as it is.
/// </summary>
internal sealed class Waiters : IScenario
{
    public const string Rate = "hand-offs per second";
    public const string Cost = "hand-off, times that in the shortest line";
    public const string Memory = "coordinator memory per waiter";
    public const string Messages = "messages to the coordinator while all wait";
    public const string Heartbeats = "messages in an interval of the heartbeat";

    public static readonly IReadOnlyList<int> Sizes = [10, 1_000, 10_000];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public async Task<ScenarioFigures> RunAsync(ScenarioContext stage, CancellationToken cancellationToken)
    {
        var crew = stage.HireApart();
        var interval = stage.Scaled(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));
        var (queue, database) = await stage.OpenDurableAsync(crew.Server, cancellationToken);
        var client = new Candidate(CandidateList.Durable, "hand-off", new LockOperationResource(stage.Broker, queue, Patience, interval));
        var line = new Line(stage, crew, queue, database, await crew.OpenClientsAsync(client, cancellationToken), interval);
        await crew.MeasureAsync(line.Resource, Shapes.Together(Sizes[0]) with { Length = WarmUp }, cancellationToken);

        var found = Sizes.ToDictionary(size => size, _ => new List<LineFigures>());
        for (var round = 1; round <= stage.Settings.Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"Round {round} of {stage.Settings.Rounds}.");
            foreach (var size in round % 2 == 1 ? Sizes : Sizes.Reverse())
                found[size].Add(await MeasureAsync(line, stage.Scaled(size), cancellationToken));
        }

        return new ScenarioFigures(ScenarioNames.Waiters, [], [.. Sizes.SelectMany(size => Tell(size, found[size], found[Sizes[0]]))]);
    }

    private static async Task<LineFigures> MeasureAsync(Line line, int waiters, CancellationToken cancellationToken)
    {
        var (crew, holder, prefix) = (line.WorkerSet, line.WorkerSet.Clients[0], $"bench-line-{Guid.CreateVersion7():N}");
        await WaitingLine.UntilEmptyAsync(line.Database, cancellationToken);
        var before = await crew.Server.DoAsync(new AskHeap(), cancellationToken);
        await holder.DoAsync(new TakeLocks(line.Resource, prefix, Count: 1, LongestWait, HowHeld.NotRenewed), cancellationToken);
        var key = HeldLocks.KeyOf(prefix, 0);
        var shape = new LoadShape(waiters, key, OneKey: true, line.ScenarioContext.Settings.Length, LongestWait, BehindSomebody: true);

        Task<Measurement> handOffs;
        long after, messages;
        await using (var tap = await BrokerTap.OpenAsync(line.ScenarioContext.Broker, line.Queue, cancellationToken))
        {
            handOffs = crew.MeasureAsync(line.Resource, shape, cancellationToken);
            await WaitingLine.UntilLongAsync(line.Database, key, waiters, handOffs, cancellationToken);
            after = await crew.Server.DoAsync(new AskHeap(), cancellationToken);
            messages = await CountAsync(tap, line.Interval, cancellationToken);
        }

        await holder.DoAsync(new LetGo(line.Resource), cancellationToken);
        return new LineFigures(
            (await handOffs).PerSecond,
            (double)(after - before) / waiters,
            messages / line.Interval.TotalSeconds,
            (double)messages / crew.Clients.Count);
    }

    private static async Task<long> CountAsync(BrokerTap tap, TimeSpan interval, CancellationToken cancellationToken)
    {
        var before = tap.Count;
        if (before == 0)
            throw new MeasurementFailedException("The tap at the broker saw no message, though many were sent.");
        await Task.Delay(interval, TimeProvider.System, cancellationToken);
        return tap.Count - before;
    }

    private static IEnumerable<Metric> Tell(int size, List<LineFigures> rounds, List<LineFigures> shortest)
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

    private sealed record Line(ScenarioContext ScenarioContext, WorkerSet WorkerSet, string Queue, string Database, string Resource, TimeSpan Interval);

    private sealed record LineFigures(double PerSecond, double BytesPerWaiter, double MessagesPerSecond, double Heartbeats);
}
