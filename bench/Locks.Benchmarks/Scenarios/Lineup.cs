using Locks.Benchmarks.Baselines;
using Locks.Benchmarks.Contestants;

namespace Locks.Benchmarks.Scenarios;

/// <summary>Who is compared.</summary>
internal static class Lineup
{
    public const string RawRpc = "raw RabbitMQ RPC";
    public const string MassTransit = "MassTransit request";
    public const string Advisory = "advisory locks";
    public const string InMemory = "Locks, in-memory store";
    public const string Durable = "Locks, PostgreSQL";

    private const string Cycle = "acquire + release";

    /// <summary>Round trips: two for an operation, as an acquire and a release are, or one.</summary>
    public static Contestant Raw(Stage stage, bool twice)
    {
        var queue = stage.NewQueue();
        return new Contestant(
            RawRpc, twice ? "2 RPCs" : "1 RPC", new RawCallerPart(stage.Broker, queue, twice), new RawResponderPart(stage.Broker, queue));
    }

    /// <summary>Requests: two for an operation, as an acquire and a release are, or one.</summary>
    public static Contestant Requests(Stage stage, bool twice)
    {
        var queue = stage.NewQueue();
        return new Contestant(
            MassTransit, twice ? "2 requests" : "1 request", new EchoRequesterPart(stage.Broker, queue, twice), new EchoConsumerPart(stage.Broker, queue));
    }

    /// <summary>The pool is that of each of some processes.</summary>
    public static async Task<Contestant> AdvisoryLocksAsync(Stage stage, int processes, CancellationToken cancellationToken) => new(
        Advisory,
        "lock + unlock",
        new AdvisoryLocksPart(await stage.NewDatabaseAsync(), Math.Max(1, await stage.AdvisoryPoolAsync(cancellationToken) / processes)));

    public static Contestant LocksInMemory(Stage stage) => Locks(stage, InMemory, store: null);

    public static async Task<Contestant> LocksDurableAsync(Stage stage) => Locks(stage, Durable, await stage.NewDatabaseAsync());

    public static Contestant Locks(Stage stage, string name, string? store)
    {
        var queue = stage.NewQueue();
        return new Contestant(name, Cycle, new LockTakerPart(stage.Broker, queue), new CoordinatorPart(stage.Broker, queue, store));
    }
}
