using FolderImport.Import;
using FolderImport.Records;
using Locks.Client;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FolderImport.Hosting;

/// <summary>The programs that this sample can be, put together.</summary>
internal static class ImportHost
{
    /// <summary>Everything in one process: transport, store, coordinator and workers.</summary>
    public static IHost Embedded(Queues queues, int workers, bool withLocks)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddLockCoordinator(coordinator => coordinator.QueueName = queues.Locks);
        builder.Services.AddSingleton<InMemoryRecords>();
        builder.Services.AddSingleton<IFolderRecords>(provider => provider.GetRequiredService<InMemoryRecords>());
        builder.Services.AddSingleton<IImportLog>(provider => provider.GetRequiredService<InMemoryRecords>());
        builder.Services.AddInMemoryBus(bus => AddWorkers(bus, queues, workers, withLocks));
        return builder.Build();
    }

    public static void ConfigureCoordinator(LockCoordinatorOptions coordinator, Queues queues)
    {
        coordinator.QueueName = queues.Locks;
        // Workers that die may be waiting in the queue; each of them delays the others by this long at most.
        coordinator.Limits = new LockRulesLimits { ConfirmationWindow = TimeSpan.FromSeconds(3) };
    }

    public static IHost Workers(Queues queues, Servers servers, int workers, bool withLocks)
    {
        var builder = SampleHost.CreateBuilder();
        AddPostgreSqlRecords(builder.Services, servers, connections: workers);
        builder.Services.AddRabbitMqBus(servers, bus => AddWorkers(bus, queues, workers, withLocks));
        return builder.Build();
    }

    public static IHost Producer(Servers servers)
    {
        var builder = SampleHost.CreateBuilder();
        AddPostgreSqlRecords(builder.Services, servers, connections: 2);
        builder.Services.AddRabbitMqBus(servers);
        return builder.Build();
    }

    private static void AddWorkers(IBusRegistrationConfigurator bus, Queues queues, int workers, bool withLocks)
    {
        bus.AddLockClient(client => client.QueueName = queues.Locks);
        bus.AddSingleton(provider => new WorkerPool(
            workers,
            provider.GetRequiredService<IFolderRecords>(),
            provider.GetRequiredService<IImportLog>(),
            provider.GetRequiredService<TimeProvider>(),
            withLocks ? provider.GetRequiredService<ILockClient>() : null));
        bus.AddConsumer<ImportConsumer>(consumer => consumer.UseMessageRetry(
                retry => retry.Intervals(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5))))
            .Endpoint(endpoint =>
            {
                endpoint.Name = queues.Import;
                endpoint.ConcurrentMessageLimit = workers;
                endpoint.PrefetchCount = 2 * workers;
                endpoint.ConfigureConsumeTopology = false;
            });
    }

    private static void AddPostgreSqlRecords(IServiceCollection services, Servers servers, int connections)
    {
        services.AddDatabase(servers, connections);
        services.AddSingleton<PostgreSqlRecords>();
        services.AddSingleton<IFolderRecords>(provider => provider.GetRequiredService<PostgreSqlRecords>());
        services.AddSingleton<IImportLog>(provider => provider.GetRequiredService<PostgreSqlRecords>());
    }
}
