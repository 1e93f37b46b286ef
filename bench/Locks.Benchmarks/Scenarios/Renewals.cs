using System.Globalization;
using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Processes;
using Locks.Benchmarks.Report;
using Locks.Benchmarks.Servers;

namespace Locks.Benchmarks.Scenarios;

/// <summary>What does it cost to hold many locks? An interval is a third of the lease: the time from one renewal to the next.</summary>
internal sealed class Renewals : IScenario
{
    public const string Messages = "messages to the coordinator";
    public const string LocksPerMessage = "locks renewed per message";
    public const string TakenPerSecond = "locks taken per second beforehand";

    public const int Many = 100_000;
    public const int Few = 1_000;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(1);

    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var metrics = new List<Metric>();
        foreach (var (count, how) in new[] { (Few, HowHeld.SharedLease), (Many, HowHeld.SharedLease), (Many, HowHeld.OwnLeases) })
            metrics.AddRange(await MeasureAsync(context, count, how, cancellationToken));
        return new ScenarioFigures(ScenarioNames.Renewals, [], metrics);
    }

    /// <summary>How the table calls it.</summary>
    public static string Shape(int count, HowHeld how) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,0} locks, {(how == HowHeld.SharedLease ? "one lease" : "own leases")}");

    private static async Task<IReadOnlyList<Metric>> MeasureAsync(
        ScenarioContext context, int count, HowHeld how, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync($"{Shape(count, how)}.");
        var (workers, held) = (new WorkerSet(context.NewChild(), [context.NewChild()]), context.Scaled(count));
        var lease = context.Scaled(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(6));
        var (queue, _) = await context.OpenDurableAsync(workers.Server, cancellationToken);
        var client = workers.Clients[0];
        var part = await workers.OpenClientsAsync(
            new Candidate(CandidateList.Durable, "renewal", new LockOperationResource(context.Broker, queue, TimeLimit)), cancellationToken);

        var start = TimeProvider.System.GetTimestamp();
        Require(await client.DoAsync(new TakeLocks(part, "bench-held", held, lease, how), cancellationToken), held, "taken");
        var taken = held / TimeProvider.System.GetElapsedTime(start).TotalSeconds;

        var rounds = new List<Interval>();
        await using (var tap = await BrokerTap.OpenAsync(context.Broker, queue, cancellationToken))
        {
            for (var round = 1; round <= context.Settings.Rounds; round++)
            {
                rounds.Add(await WatchAsync(tap, workers, lease / 3, cancellationToken));
                Require(await client.DoAsync(new CountHeld(part), cancellationToken), held, "still held");
            }
        }

        await client.DoAsync(new LetGo(part), cancellationToken);
        var shape = Shape(count, how);
        return
        [
            Find(Messages, "per interval", rounds.Select(round => round.Messages)),
            Find(LocksPerMessage, "locks", rounds.Select(round => held / round.Messages)),
            Find("client's processor time", "ms per interval", rounds.Select(round => round.ClientCpu.TotalMilliseconds)),
            Find("coordinator's processor time", "ms per interval", rounds.Select(round => round.CoordinatorCpu.TotalMilliseconds)),
            // Few are taken before anything is warm.
            .. count == Many ? [Find(TakenPerSecond, "per second", [taken])] : Array.Empty<Metric>(),
        ];

        Metric Find(string name, string unit, IEnumerable<double> values) => Metric.Of(ScenarioNames.Renewals, shape, name, unit, values);
    }

    private static async Task<Interval> WatchAsync(BrokerTap tap, WorkerSet workers, TimeSpan interval, CancellationToken cancellationToken)
    {
        var (count, client, coordinator) = (tap.Count, workers.Clients[0].Cpu, workers.Server.Cpu);
        await Task.Delay(interval, TimeProvider.System, cancellationToken);
        return tap.Count == count
            ? throw new MeasurementFailedException("The tap at the broker saw no message, though locks are renewed.")
            : new Interval(tap.Count - count, workers.Clients[0].Cpu - client, workers.Server.Cpu - coordinator);
    }

    private static void Require(int found, int expected, string what)
    {
        if (found != expected)
            throw new MeasurementFailedException($"{found} of {expected} locks are {what}.");
    }

    private sealed record Interval(double Messages, TimeSpan ClientCpu, TimeSpan CoordinatorCpu);
}
