using System.Reflection;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Partitioning;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Locks.Coordinator.Tests.Partitioning;

/// <summary>The beginning and the end, on a bus that gets stuck when something is to be sent. The rest is seen over RabbitMQ.</summary>
public sealed class PartitionQueuesTests : IAsyncDisposable
{
    private const string RabbitMq = "rabbitmq://localhost/bus";

    private readonly ManualTimeProvider _time = new();
    private readonly OpenPartitions _open = new();
    private readonly CoordinatorMeter _meter = new();
    private readonly CapturedLogs _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly StoreReadiness _gate;
    private readonly BusLifecycle _start;
    private readonly TaskCompletionSource _connected = new();
    private readonly TaskCompletionSource _sending = new();
    private readonly TaskCompletionSource<ReceiveEndpointReady> _ready = new();

    public PartitionQueuesTests()
    {
        _loggers = new LoggerFactory([_logs]);
        _gate = new StoreReadiness(_time, new CoordinatorClock(_time), NullLogger<StoreReadiness>.Instance, new InMemoryLockStore());
        _start = new BusLifecycle(ConnectionOf(() => throw new InvalidOperationException("No bus is needed.")), _time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _loggers.Dispose();
        _meter.Dispose();
        return _gate.DisposeAsync();
    }

    [Fact]
    public async Task UntilAllQueuesAreRead_NothingIsSaidOfThem()
    {
        using var queues = QueuesOn(RabbitMq);
        await queues.StartAsync(Cancel);
        await _connected.Task.Within();
        Assert.Null(_open.Count);

        _ready.SetResult(null!);

        await Eventually.HoldsAsync(() => _open.Count == 2);
    }

    [Fact]
    public async Task UntilTheBusHasStarted_NothingIsConnected()
    {
        var bus = BusAt(RabbitMq);
        _start.PostCreate(bus);
        using var queues = QueuesOn(bus);
        await queues.StartAsync(Cancel);
        await Eventually.HoldsAsync(() => _time.Timers.Contains(BusLifecycle.StartTimeout));
        Assert.False(_connected.Task.IsCompleted);

        await _start.PostStart(bus, new TaskCompletionSource<BusReady>().Task);

        await _connected.Task.Within();
    }

    [Fact]
    public async Task WhereThereAreNone_RepliesAndTheLogSaySo()
    {
        using var queues = QueuesOn("loopback://localhost/bus");

        await queues.StartAsync(Cancel);

        await Eventually.HoldsAsync(() => _open.Count == 0);
        Assert.Single(
            _logs.Lines,
            line => line.Contains(
                "This transport has no partitions: every coordinator reads the common queue locks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ABusThatIsStuck_DelaysTheEndNoLongerThanAGoodbyeMayTake()
    {
        _ready.SetResult(null!);
        using var queues = QueuesOn(RabbitMq);
        await queues.StartAsync(Cancel);
        await _sending.Task.Within();

        var stopping = queues.StoppingAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return stopping.IsCompleted;
        });
        await stopping;
    }

    private PartitionQueues QueuesOn(string address) => QueuesOn(BusAt(address));

    private PartitionQueues QueuesOn(IBus bus)
    {
        var endpoint = Stub.Of<HostReceiveEndpointHandle>(member => member switch
        {
            "get_Ready" => _ready.Task,
            _ => Task.CompletedTask,
        });
        var connector = Stub.Of<IReceiveEndpointConnector>(_ =>
        {
            _connected.TrySetResult();
            return endpoint;
        });
        return new PartitionQueues(
            bus,
            _start,
            Sender(bus),
            connector,
            _gate,
            new TransportSelector(),
            _open,
            _time,
            new CoordinatorDirectory(new CoordinatorClock(_time), _time, Options.Create(new LockCoordinatorOptions())),
            _meter,
            Options.Create(new LockCoordinatorOptions()),
            new Logger<PartitionQueues>(_loggers));
    }

    /// <summary>Sends over the bus, as on a transport that has no class of its own.</summary>
    private static IsolatedSender Sender(IBus bus) => new(ConnectionOf(() => bus));

    private static IsolatedConnection ConnectionOf(Func<IBus> bus) => new(new Lazy<IBus>(bus), () => null);

    private IBus BusAt(string address) => Stub.Of<IBus>(member =>
    {
        if (member == "get_Address")
            return new Uri(address);
        if (member == nameof(IBus.ConnectReceiveEndpointObserver))
            return Stub.Of<ConnectHandle>(_ => throw new NotSupportedException());
        _sending.TrySetResult();
        return new TaskCompletionSource<ISendEndpoint>().Task;
    });

    /// <summary>A proxy whose every member is answered by the test.</summary>
    public class Stub : DispatchProxy
    {
        private Func<string, object> _answer = null!;

        public static T Of<T>(Func<string, object> answer)
            where T : class
        {
            var stub = Create<T, Stub>();
            ((Stub)(object)stub)._answer = answer;
            return stub;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!.Name);
    }
}
