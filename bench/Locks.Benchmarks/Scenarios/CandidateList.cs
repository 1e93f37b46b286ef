using Locks.Benchmarks.Baselines;
using Locks.Benchmarks.Candidates;

namespace Locks.Benchmarks.Scenarios;

/// <summary>Who is compared.</summary>
internal static class CandidateList
{
    public const string RawRpc = "raw RabbitMQ RPC";
    public const string MassTransit = "MassTransit request";
    public const string Advisory = "advisory locks";
    public const string InMemory = "Locks, in-memory store";
    public const string Durable = "Locks, PostgreSQL";

    private const string Cycle = "acquire + release";

    /// <summary>Round trips: two for an operation, as an acquire and a release are, or one.</summary>
    public static Candidate Raw(ScenarioContext stage, bool twice)
    {
        var queue = stage.NewQueue();
        return new Candidate(
            RawRpc, twice ? "2 RPCs" : "1 RPC", new RawCallerResource(stage.Broker, queue, twice), new RawResponderResource(stage.Broker, queue));
    }

    /// <summary>Requests: two for an operation, as an acquire and a release are, or one.</summary>
    public static Candidate Requests(ScenarioContext stage, bool twice)
    {
        var queue = stage.NewQueue();
        return new Candidate(
            MassTransit, twice ? "2 requests" : "1 request", new EchoRequesterResource(stage.Broker, queue, twice), new EchoConsumerResource(stage.Broker, queue));
    }

    /// <summary>The pool is that of each of some processes.</summary>
    public static async Task<Candidate> AdvisoryLocksAsync(ScenarioContext stage, int processes, CancellationToken cancellationToken) => new(
        Advisory,
        "lock + unlock",
        new AdvisoryLocksResource(await stage.NewDatabaseAsync(), Math.Max(1, await stage.AdvisoryPoolAsync(cancellationToken) / processes)));

    public static Candidate LocksInMemory(ScenarioContext stage) => Locks(stage, InMemory, store: null);

    public static async Task<Candidate> LocksDurableAsync(ScenarioContext stage) => Locks(stage, Durable, await stage.NewDatabaseAsync());

    public static Candidate Locks(ScenarioContext stage, string name, string? store)
    {
        var queue = stage.NewQueue();
        return new Candidate(name, Cycle, new LockOperationResource(stage.Broker, queue), new CoordinatorResource(stage.Broker, queue, store));
    }
}
