using System.Globalization;
using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Processes;
using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>What do several locks at once cost, beside the same locks taken one by one?</summary>
internal sealed class Sets : IScenario
{
    private const int Many = 1_000;
    private const int Hundred = 100;
    private const int Callers = 24;
    private const int Keys = 6;
    private const int Most = 3;
    private const string Together = "Locks, as a set";
    private const string Apart = "Locks, one by one";

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(context, ScenarioNames.Sets);
        var (one, four) = (context.HireOne(), context.Hire(Contended.Processes));
        var (queue, _) = await context.OpenDurableAsync(one.Server, cancellationToken);

        var free = Invariant($"{Many:#,0} free keys");
        await AddBothAsync(free, one, Shapes.Apart(1) with { KeyPrefix = "bench-set-free" }, Many, Many);
        var contended = Shapes.Together(Callers) with { KeyPrefix = "bench-set" };
        await AddBothAsync(Invariant($"{Callers} callers, 1 to {Most} of {Keys} keys"), one, contended, least: 1, Keys);
        await AddBothAsync(
            Invariant($"{Contended.Processes} processes × {Callers / Contended.Processes} callers, 1 to {Most} of {Keys} keys"),
            four,
            contended with { KeyPrefix = "bench-set-apart" },
            least: 1,
            Keys);

        var found = await comparison.RunAsync(cancellationToken);
        return found with { Metrics = [await MeasureTimeoutAsync(context, one, queue, cancellationToken)] };

        async Task AddBothAsync(string shape, WorkerSet workers, LoadShape load, int least, int keys)
        {
            var apart = await comparison.AddAsync(shape, workers, Candidate(Apart, HowTaken.OneByOne), load, [], cancellationToken);
            await comparison.AddAsync(shape, workers, Candidate(Together, HowTaken.AsASet), load, [apart], cancellationToken);

            Candidate Candidate(string name, HowTaken how) => new(
                name, "acquire + release all", new SetOperationResource(context.Broker, queue, keys, least, Math.Max(least, Most), how));
        }
    }

    private static async Task<Metric> MeasureTimeoutAsync(
        ScenarioContext context, WorkerSet workers, string queue, CancellationToken cancellationToken)
    {
        var (waiter, other) = (await OpenAsync(), await OpenAsync());
        var rounds = new List<double>();
        for (var round = 0; round < context.Settings.Rounds; round++)
        {
            var call = new TimeSetOut(waiter, other, "bench-set-busy", Wait);
            rounds.Add((await workers.Clients[0].DoAsync(call, cancellationToken)).TotalMilliseconds);
        }

        var (shape, name) = (Invariant($"{Hundred} keys, one busy"), Invariant($"time out of a wait of {Wait.TotalSeconds} s"));
        return Metric.Of(ScenarioNames.Sets, shape, name, "ms", rounds);

        Task<string> OpenAsync()
        {
            var operation = new SetOperationResource(context.Broker, queue, Hundred, Hundred, Hundred, HowTaken.AsASet);
            return workers.OpenClientsAsync(new Candidate(Together, "", operation), cancellationToken);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
