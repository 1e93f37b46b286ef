using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>A coordinator on MassTransit's in-memory transport, at a time that the test moves, with everything it sends on record.</summary>
internal sealed class CoordinatorUnderTest : IAsyncDisposable, ISendObserver, IReceiveObserver, IConsumeObserver
{
    public const string Key = "orders/42";

    private static readonly Uri Coordinator = new("exchange:locks");

    private readonly ConcurrentQueue<Sent> _sent = new();
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource<Exception?>> _deliveries = new();
    private readonly ConcurrentDictionary<Guid, Exception> _faults = new();
    private readonly ServiceProvider _provider;
    private int _received;

    private CoordinatorUnderTest(
        ManualTimeProvider time, ILockStore store, Action<LockCoordinatorOptions>? configure, Action<IServiceCollection>? register)
    {
        Time = time;
        Store = store;
        var services = new ServiceCollection();
        register?.Invoke(services);
        _provider = services
            .AddSingleton<TimeProvider>(time)
            .AddSingleton(store)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs))
            .AddMassTransitTestHarness(bus => bus.AddLockCoordinator(options =>
            {
                // The sweeper is out of the way unless a test is about it.
                options.SweepInterval = TimeSpan.FromHours(1);
                configure?.Invoke(options);
            }))
            .BuildServiceProvider(validateScopes: true);
    }

    /// <summary>How many messages have come to the coordinator.</summary>
    public int Received => Volatile.Read(ref _received);

    public ManualTimeProvider Time { get; }

    public ILockStore Store { get; }

    public CapturedLogs Logs { get; } = new();

    /// <summary>Everything that was sent, by any sender, in order.</summary>
    public IReadOnlyCollection<Sent> AllSent => _sent;

    public ITestHarness Harness => _provider.GetRequiredService<ITestHarness>();

    public InProcessScheduler Timer => _provider.GetRequiredService<InProcessScheduler>();

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    public static async Task<CoordinatorUnderTest> StartAsync(
        Action<LockCoordinatorOptions>? configure = null,
        ILockStore? store = null,
        ManualTimeProvider? time = null,
        Action<IServiceCollection>? register = null,
        Action<IBus>? connect = null)
    {
        var coordinator = new CoordinatorUnderTest(time ?? new ManualTimeProvider(), store ?? new InMemoryLockStore(), configure, register);
        var bus = coordinator._provider.GetRequiredService<IBus>();
        bus.ConnectSendObserver(coordinator);
        bus.ConnectReceiveObserver(coordinator);
        bus.ConnectConsumeObserver(coordinator);
        connect?.Invoke(bus);
        await coordinator.Harness.Start();
        return coordinator;
    }

    /// <summary>Sends a message to the coordinator and does not wait for what becomes of it.</summary>
    public async Task<Guid> SendAsync<T>(T message, Asker? asker = null, Action<SendContext<T>>? configure = null)
        where T : class
    {
        var id = Guid.CreateVersion7();
        var endpoint = await Harness.Bus.GetSendEndpoint(Coordinator);
        await endpoint.Send(message, send =>
        {
            send.MessageId = id;
            send.RequestId = asker?.RequestId;
            send.ResponseAddress = asker?.Address;
            configure?.Invoke(send);
        });
        return id;
    }

    /// <summary>Waits until the coordinator is done with a message and has sent everything that follows from it.</summary>
    public async Task<Delivery> DoneAsync(Guid messageId)
    {
        await DeliveryOf(messageId).Task.Within();
        var replies = _sent.Where(sent => sent.Cause == messageId && sent.Message is not Fault).ToList();
        return new Delivery(replies, _faults.GetValueOrDefault(messageId));
    }

    /// <summary>Sends a message and waits until the coordinator is done with it. Waits for redelivered copies of it only once.</summary>
    public async Task<Delivery> DeliverAsync<T>(T message, Asker? asker = null, Action<SendContext<T>>? configure = null)
        where T : class =>
        await DoneAsync(await SendAsync(message, asker, configure));

    /// <summary>Acquires, and expects to get it at once.</summary>
    public async Task<LockAcquired> AcquireAsync(Asker asker, double lease = 30, string key = Key) =>
        (await DeliverAsync(asker.Try(lease, key), asker)).Reply<LockAcquired>();

    /// <summary>Everything that this asker was sent so far.</summary>
    public IReadOnlyList<Sent> RepliesTo(Asker asker) => [.. _sent.Where(sent => sent.RequestId == asker.RequestId && sent.Message is not Fault && sent.To == asker.Address)];

    /// <summary>Waits for the next reply of its kind to an asker.</summary>
    public async Task<T> ReplyAsync<T>(Asker asker)
        where T : class
    {
        await Eventually.HoldsAsync(() => RepliesTo(asker).Any(sent => sent.Message is T), what: $"{typeof(T).Name} for {asker}");
        return RepliesTo(asker).Select(sent => sent.Message).OfType<T>().Last();
    }

    /// <summary>The stored lock; nothing when there is no row.</summary>
    public async Task<StoredLock?> StoredAsync(string key = Key) =>
        (await Store.LoadAsync([LockKey.ToId(key)], CancellationToken.None)).SingleOrDefault();

    /// <summary>The name of the state that the lock is stored in; nothing when there is no row.</summary>
    public async Task<string?> StateAsync(string key = Key) =>
        await StoredAsync(key) is { } stored ? stored.State.Stage.Name() : null;

    /// <summary>The stored lease; nothing when there is no row.</summary>
    public async Task<StoredLease?> StoredLeaseAsync(Guid lease) =>
        (await Store.Leases.LoadAsync([lease], CancellationToken.None)).SingleOrDefault();

    /// <summary>Waits until a lease has come so far.</summary>
    public Task LeaseIsAsync(Guid lease, LeaseStage stage) =>
        Eventually.HoldsAsync(async () => (await StoredLeaseAsync(lease))?.State.Stage == stage, what: $"lease that is {stage}");

    /// <summary>Everything in a queue of MassTransit's making, such as the error queue. Connects to it, so it is asked for before the test.</summary>
    public async Task<ConcurrentQueue<Guid?>> WatchQueueAsync<T>(string queue)
        where T : class
    {
        var seen = new ConcurrentQueue<Guid?>();
        var handle = Harness.Bus.ConnectReceiveEndpoint(queue, endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.Handler<T>(context =>
            {
                seen.Enqueue(context.MessageId);
                return Task.CompletedTask;
            });
        });
        await handle.Ready.Within();
        return seen;
    }

    public async ValueTask DisposeAsync()
    {
        await Harness.Stop();
        await _provider.DisposeAsync();
    }

    Task ISendObserver.PreSend<T>(SendContext<T> context) => Task.CompletedTask;

    Task ISendObserver.PostSend<T>(SendContext<T> context)
    {
        _sent.Enqueue(new Sent(context.Message, context.RequestId, context.DestinationAddress!, Cause(context), context.Durable));
        return Task.CompletedTask;
    }

    Task ISendObserver.SendFault<T>(SendContext<T> context, Exception exception) => Task.CompletedTask;

    Task IReceiveObserver.PreReceive(ReceiveContext context)
    {
        if (context.InputAddress.AbsolutePath == "/locks")
            Interlocked.Increment(ref _received);
        return Task.CompletedTask;
    }

    Task IReceiveObserver.PostReceive(ReceiveContext context)
    {
        if (context.GetMessageId() is { } id && context.InputAddress.AbsolutePath == "/locks")
            DeliveryOf(id).TrySetResult(null);
        return Task.CompletedTask;
    }

    Task IReceiveObserver.PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) => Task.CompletedTask;

    Task IReceiveObserver.ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
    {
        Remember(context, exception);
        return Task.CompletedTask;
    }

    Task IReceiveObserver.ReceiveFault(ReceiveContext context, Exception exception)
    {
        if (context.GetMessageId() is { } id)
        {
            _faults.TryAdd(id, exception);
            DeliveryOf(id).TrySetResult(exception);
        }

        return Task.CompletedTask;
    }

    Task IConsumeObserver.PreConsume<T>(ConsumeContext<T> context) => Task.CompletedTask;

    Task IConsumeObserver.PostConsume<T>(ConsumeContext<T> context) => Task.CompletedTask;

    Task IConsumeObserver.ConsumeFault<T>(ConsumeContext<T> context, Exception exception)
    {
        Remember(context, exception);
        return Task.CompletedTask;
    }

    private static Guid? Cause<T>(SendContext<T> context)
        where T : class =>
        context.TryGetPayload(out ConsumeContext? cause) ? cause.MessageId : null;

    private void Remember<T>(ConsumeContext<T> context, Exception exception)
        where T : class
    {
        if (context.MessageId is { } id)
            _faults.TryAdd(id, exception);
    }

    private TaskCompletionSource<Exception?> DeliveryOf(Guid messageId) =>
        _deliveries.GetOrAdd(messageId, static _ => new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>One message that was sent.</summary>
/// <param name="Message">The message.</param>
/// <param name="RequestId">The request that it answers, or is.</param>
/// <param name="To">Where it went.</param>
/// <param name="Cause">The message in whose course it was sent.</param>
/// <param name="IsDurable">Whether the broker was asked to keep it through its own restart.</param>
internal sealed record Sent(object Message, Guid? RequestId, Uri To, Guid? Cause, bool IsDurable);

/// <summary>What became of one message: what it made the coordinator send, and the fault, if there was one.</summary>
internal sealed record Delivery(IReadOnlyList<Sent> Replies, Exception? Fault)
{
    /// <summary>The only reply, which is of this kind.</summary>
    public T Reply<T>()
    {
        Assert.Null(Fault);
        return Assert.IsType<T>(Assert.Single(Replies).Message);
    }

    /// <summary>Nothing was said, and nothing failed.</summary>
    public void Silent()
    {
        Assert.Null(Fault);
        Assert.Empty(Replies);
    }
}

/// <summary>A client that sends requests, with a reply address and a request id that follow from the name.</summary>
internal sealed record Asker(string Name)
{
    public static readonly Asker A = new("a");
    public static readonly Asker B = new("b");
    public static readonly Asker C = new("c");

    public Guid AcquireId { get; init; } = LockKey.ToId(Name);

    public Guid AttemptId => Contracts.AttemptId.Of(AcquireId);

    public Guid RequestId { get; } = LockKey.ToId($"request of {Name}");

    public Uri Address { get; } = new($"loopback://localhost/asker-{Name}");

    public AcquireLock Try(double lease = 30, string key = CoordinatorUnderTest.Key) =>
        new(key, AcquireId, $"owner {Name}", TimeSpan.FromSeconds(lease));

    public AcquireLock Wait(double seconds = 60, double lease = 30) => Try(lease) with { Wait = TimeSpan.FromSeconds(seconds) };

    public AcquireLock On(Guid lease, string key = CoordinatorUnderTest.Key) => Try(key: key) with { LeaseId = lease, ClientId = $"client {Name}" };

    public GrantLease Grant(Guid lease, double ttl = 30) => new(lease, TimeSpan.FromSeconds(ttl), $"owner {Name}", $"client {Name}");

    public CancelAcquire Cancel() => new(CoordinatorUnderTest.Key, AcquireId);

    public override string ToString() => Name;
}
