using Locks.Compliance;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using Locks.IntegrationTests.Storage;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Locks.IntegrationTests.Protocol;

/// <summary>RabbitMQ between, PostgreSQL behind: clients and coordinators have nothing in common but those.</summary>
public sealed class RabbitMqLockFixture : LockFixture
{
    private string? _database;
    private string? _throughGate;
    private TcpGate? _clientGate;
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

    /// <summary>Between the clients and the broker.</summary>
    public TcpGate ClientGate => _clientGate!;

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
        _clientGate = TestServices.OpenGateToRabbitMq(out var broker);
        _clientHost = await StartHostAsync(services => services.AddMassTransit(bus =>
            bus.UsingRabbitMq((_, rabbit) => rabbit.Host(broker))));
    }

    /// <summary>Starts one more coordinator.</summary>
    public Task<IHost> StartCoordinatorAsync(Action<LockCoordinatorOptions>? configure = null, bool waitUntilReady = true) =>
        StartHostAsync(waitUntilReady: waitUntilReady, configure: services => services.AddMassTransit(bus =>
        {
            bus.AddLockCoordinator(options =>
            {
                options.QueueName = QueueName;
                configure?.Invoke(options);
            }).UsePostgreSql(ConnectionString);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(TestServices.RabbitMq);
                rabbit.ConfigureEndpoints(context);
            });
        }));

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
                    rabbit.Host(TestServices.RabbitMq);
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
        if (_store is not null)
            await _store.DisposeAsync();
        if (_database is not null)
            await MigratedDatabase.DropAsync(_database);
    }

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
