using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PaymentCapture.CommandLine;
using PaymentCapture.Payments;
using PaymentCapture.Records;

namespace PaymentCapture.Hosting;

/// <summary>The programs that this sample can be, put together.</summary>
internal static class CaptureHost
{
    /// <summary>Everything in one process: transport, store, coordinator and consumers.</summary>
    public static IHost Embedded(Queues queues, CaptureSettings settings)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddLockCoordinator(coordinator => coordinator.QueueName = queues.Locks);
        builder.Services.AddSingleton<InMemoryRecords>();
        builder.Services.AddSingleton<ICaptures>(provider => provider.GetRequiredService<InMemoryRecords>());
        builder.Services.AddSingleton<ITallies>(provider => provider.GetRequiredService<InMemoryRecords>());
        builder.Services.AddInMemoryBus(bus => AddConsumers(bus, queues, settings));
        return builder.Build();
    }

    public static void ConfigureCoordinator(LockCoordinatorOptions coordinator, Queues queues)
    {
        coordinator.QueueName = queues.Locks;
        coordinator.Limits = new LockRulesLimits { ConfirmationWindow = TimeSpan.FromSeconds(3) };
    }

    public static IHost Consumers(Queues queues, Servers servers, CaptureSettings settings)
    {
        var builder = SampleHost.CreateBuilder();
        AddPostgreSqlRecords(builder.Services, servers, connections: settings.Concurrency + 1);
        builder.Services.AddRabbitMqBus(servers, bus => AddConsumers(bus, queues, settings));
        return builder.Build();
    }

    public static IHost Producer(Servers servers)
    {
        var builder = SampleHost.CreateBuilder();
        AddPostgreSqlRecords(builder.Services, servers, connections: 2);
        builder.Services.AddRabbitMqBus(servers);
        return builder.Build();
    }

    private static void AddConsumers(IBusRegistrationConfigurator bus, Queues queues, CaptureSettings settings)
    {
        bus.AddSingleton(settings);
        bus.AddSingleton<Tally>();
        bus.AddHostedService<TallyRecorder>();
        bus.AddLockClient(client => client.QueueName = queues.Locks);
        bus.AddConsumer<CaptureConsumer, CaptureConsumerDefinition>().Endpoint(endpoint =>
        {
            endpoint.Name = queues.Payments;
            endpoint.ConfigureConsumeTopology = false;
        });
    }

    private static void AddPostgreSqlRecords(IServiceCollection services, Servers servers, int connections)
    {
        services.AddDatabase(servers, connections);
        services.AddSingleton<PostgreSqlRecords>();
        services.AddSingleton<ICaptures>(provider => provider.GetRequiredService<PostgreSqlRecords>());
        services.AddSingleton<ITallies>(provider => provider.GetRequiredService<PostgreSqlRecords>());
    }
}
