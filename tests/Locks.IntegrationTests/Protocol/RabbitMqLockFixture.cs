using Locks.Compliance;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using Locks.IntegrationTests.Storage;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Locks.IntegrationTests.Protocol;

/// <summary>RabbitMQ between, PostgreSQL behind: clients and coordinators have nothing in common but those.</summary>
public sealed class RabbitMqLockFixture : LockFixture
{
    private string? _database;
    private string? _throughGate;
    private readonly CapturedLogs _logs = new();
    private TcpGate? _clientGate;
    private TcpGate? _coordinatorGate;
    private Uri? _coordinatorBroker;
    private IHost? _clientHost;
    private ServiceProvider? _store;

    /// <inheritdoc/>
    internal override ILockStore Store => _store!.GetRequiredService<ILockStore>();

    /// <inheritdoc/>
    public override IBus Bus => _clientHost!.Services.GetRequiredService<IBus>();

    /// <summary>The database that the coordinators use.</summary>
    public string ConnectionString => _throughGate ?? _database!;

    /// <summary>Lets the coordinators reach the database through somewhere else; to be set before they start.</summary>
    public Func<string, string>? Gate { get; init; }

    /// <summary>The broker, if it is not the one that all tests share.</summary>
    public Uri Broker { get; init; } = TestServices.RabbitMq;

    /// <summary>The broker as the coordinators' user, if that is another one than the clients'.</summary>
    public Uri? BrokerOfCoordinators { get; init; }

    /// <summary>What else every connection to the broker is told, such as whom to trust.</summary>
    public Action<IRabbitMqHostConfigurator>? ConnectionSettings { get; init; }

    /// <summary>The nodes of the broker, where it is a cluster: clients and coordinators go from one to the next.</summary>
    public IReadOnlyList<Uri> ClusterNodes { get; init; } = [];

    /// <summary>Whether there is a gate between the coordinators and the broker.</summary>
    public bool HasCoordinatorGate { get; init; }

    /// <summary>The heartbeat of every connection, if it is not the broker's default.</summary>
    public TimeSpan? BrokerHeartbeat { get; init; }

    /// <summary>Between the clients and the broker.</summary>
    public TcpGate ClientGate => _clientGate!;

    /// <summary>Between the coordinators and the broker, if there is one.</summary>
    public TcpGate CoordinatorGate => _coordinatorGate!;

    /// <inheritdoc/>
    public override IDisposable WatchInteractions(Action onMoment) => new GateWatch(ClientGate, onMoment);

    /// <inheritdoc/>
    public override async Task StartAsync(Action<LockCoordinatorOptions>? configure = null)
    {
        await StartWithoutCoordinatorAsync();
        await StartCoordinatorAsync(configure);
    }

    /// <summary>Starts everything but a coordinator.</summary>
    public async Task StartWithoutCoordinatorAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _throughGate = Gate?.Invoke(_database);
        _store = StoreUnderTest.Provide(builder => builder.UsePostgreSql(_database));
        _clientGate = TcpGate.OpenTo(Broker, out var broker);
        _coordinatorBroker = BrokerOfCoordinators ?? Broker;
        if (HasCoordinatorGate)
            _coordinatorGate = TcpGate.OpenTo(_coordinatorBroker, out _coordinatorBroker);
        _clientHost = await StartHostAsync(services => services.AddMassTransit(bus =>
            bus.UsingRabbitMq((_, rabbit) => Connect(rabbit, broker))));
    }

    /// <summary>Starts one more coordinator.</summary>
    public Task<IHost> StartCoordinatorAsync(Action<LockCoordinatorOptions>? configure = null, bool waitUntilReady = true) =>
        StartHostAsync(waitUntilReady: waitUntilReady, configure: services => services.AddLogging(KeepLogs).AddMassTransit(bus =>
        {
            bus.AddLockCoordinator(options =>
            {
                options.QueueName = QueueName;
                configure?.Invoke(options);
            }).UsePostgreSql(ConnectionString);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                Connect(rabbit, _coordinatorBroker!);
                rabbit.ConfigureEndpoints(context);
            });
        }));

    /// <summary>Waits until a coordinator has written a line with all of the texts.</summary>
    public Task LogsAsync(params string[] texts) => Eventually.HoldsAsync(
        () => _logs.Lines.Any(line => texts.All(text => line.Contains(text, StringComparison.Ordinal))), what: string.Join(", ", texts));

    /// <summary>The errors that the coordinators have logged, for the message of a test that fails, and the deadlocks.</summary>
    public IReadOnlyCollection<string> CoordinatorLog => _logs.Lines;

    /// <summary>Stops one of the coordinators, in good order.</summary>
    public Task StopCoordinatorAsync(IHost coordinator) => StopHostAsync(coordinator);

    /// <summary>Starts a service that consumes messages, with a lock client of its own.</summary>
    public Task<IHost> StartServiceAsync(Action<IBusRegistrationConfigurator> configure) =>
        StartHostAsync(services => services
            .AddLockClient(options => options.QueueName = QueueName)
            .AddMassTransit(bus =>
            {
                configure(bus);
                bus.UsingRabbitMq((context, rabbit) =>
                {
                    Connect(rabbit, Broker);
                    rabbit.ConfigureEndpoints(context);
                });
            }));

    /// <summary>Stops one of the services, in good order.</summary>
    public Task StopServiceAsync(IHost service) => StopHostAsync(service);

    /// <inheritdoc/>
    protected override async Task CleanUpAsync()
    {
        if (_clientGate is not null)
            await _clientGate.DisposeAsync();
        if (_coordinatorGate is not null)
            await _coordinatorGate.DisposeAsync();
        if (_store is not null)
            await _store.DisposeAsync();
        if (_database is not null)
            await MigratedDatabase.DropAsync(_database);
    }

    private void KeepLogs(ILoggingBuilder logging) =>
        logging.SetMinimumLevel(LogLevel.Error).AddFilter("Locks.Coordinator.Deadlocks", LogLevel.Warning).AddProvider(_logs);

    private void Connect(IRabbitMqBusFactoryConfigurator rabbit, Uri broker) => rabbit.Host(broker, host =>
    {
        ConnectionSettings?.Invoke(host);
        if (BrokerHeartbeat is { } heartbeat)
            host.Heartbeat(heartbeat);
        if (ClusterNodes.Count > 0)
            host.UseCluster(cluster => ClusterNodes.ToList().ForEach(node => cluster.Node($"{node.Host}:{node.Port}")));
    });

    private sealed class GateWatch : IDisposable
    {
        private readonly TcpGate _gate;
        private readonly Action _next;

        public GateWatch(TcpGate gate, Action next)
        {
            (_gate, _next) = (gate, next);
            _gate.Forwarding += next;
        }

        public void Dispose() => _gate.Forwarding -= _next;
    }
}
