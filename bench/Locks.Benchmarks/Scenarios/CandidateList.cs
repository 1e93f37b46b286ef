using Locks.Benchmarks.Baselines;
using Locks.Benchmarks.Candidates;

namespace Locks.Benchmarks.Scenarios;

/// <summary>Who is compared.</summary>
internal static class CandidateList
{
    public const string RawRpc = "raw RabbitMQ RPC";
    public const string MassTransit = "MassTransit request";
    public const string Advisory = "advisory locks";
    public const string Redis = "DistributedLock.Redis";
    public const string SyncedRedis = "DistributedLock.Redis, appendfsync always";
    public const string Etcd = "etcd lock service";
    public const string Postgres = "DistributedLock.Postgres";
    public const string InMemory = "Locks, in-memory store";
    public const string Measured = "Locks, in-memory store, metrics on";
    public const string Durable = "Locks, PostgreSQL";
    public const string Sqlite = "Locks, SQLite";

    private const string Cycle = "acquire + release";

    /// <summary>Round trips: two for an operation, as an acquire and a release are, or one.</summary>
    public static Candidate Raw(ScenarioContext context, bool twice)
    {
        var queue = context.NewQueue();
        return new Candidate(
            RawRpc, twice ? "2 RPCs" : "1 RPC", new RawCallerResource(context.Broker, queue, twice), new RawResponderResource(context.Broker, queue));
    }

    /// <summary>Requests: two for an operation, as an acquire and a release are, or one.</summary>
    public static Candidate Requests(ScenarioContext context, bool twice)
    {
        var queue = context.NewQueue();
        return new Candidate(
            MassTransit, twice ? "2 requests" : "1 request", new EchoRequesterResource(context.Broker, queue, twice), new EchoConsumerResource(context.Broker, queue));
    }

    /// <summary>The pool is that of each of some processes.</summary>
    public static async Task<Candidate> AdvisoryLocksAsync(ScenarioContext context, int processes, CancellationToken cancellationToken) => new(
        Advisory,
        "lock + unlock",
        new AdvisoryLocksResource(await context.NewDatabaseAsync(), Math.Max(1, await context.AdvisoryPoolAsync(cancellationToken) / processes)));

    /// <summary>Other distributed locks, and ours.</summary>
    public static async Task<Candidate[]> PeersAsync(ScenarioContext context, CancellationToken cancellationToken) =>
    [
        new(Redis, Cycle, new RedisLocksResource(context.Peers.Redis)),
        new(SyncedRedis, Cycle, new RedisLocksResource(context.Peers.SyncedRedis)),
        new(Etcd, "lock + unlock", new EtcdLocksResource(context.Peers.Etcd)),
        new(
            Postgres, Cycle, new PostgresLocksResource(await context.NewDatabaseAsync(), await context.PeerPoolAsync(cancellationToken))),
        await AdvisoryLocksAsync(context, processes: 1, cancellationToken),
        LocksInMemory(context),
        await LocksDurableAsync(context),
    ];

    public static Candidate LocksInMemory(ScenarioContext context) => Locks(context, InMemory, store: null);

    public static Candidate LocksMeasured(ScenarioContext context)
    {
        var queue = context.NewQueue();
        return new Candidate(
            Measured,
            Cycle,
            new LockOperationResource(context.Broker, queue, IsMeasured: true),
            new CoordinatorResource(context.Broker, queue, Store: null, IsMeasured: true));
    }

    public static async Task<Candidate> LocksDurableAsync(ScenarioContext context) => Locks(context, Durable, await context.NewDatabaseAsync());

    public static async Task<Candidate[]> LocksOnEachStoreAsync(ScenarioContext context) =>
        [LocksInMemory(context), await LocksDurableAsync(context), LocksSqlite(context)];

    public static Candidate LocksSqlite(ScenarioContext context) => Locks(context, Sqlite, store: null, context.NewFile());

    public static Candidate Locks(ScenarioContext context, string name, string? store, string? sqliteFile = null)
    {
        var queue = context.NewQueue();
        return new Candidate(
            name, Cycle, new LockOperationResource(context.Broker, queue), new CoordinatorResource(context.Broker, queue, store, sqliteFile));
    }
}
