using Locks.Coordinator.Domain;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
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
        var builder = CreateBuilder();
        builder.Services.AddLockCoordinator(coordinator => coordinator.QueueName = queues.Locks);
        builder.Services.AddSingleton<InMemoryRecords>();
        builder.Services.AddSingleton<ICaptures>(provider => provider.GetRequiredService<InMemoryRecords>());
        builder.Services.AddSingleton<ITallies>(provider => provider.GetRequiredService<InMemoryRecords>());
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            AddConsumers(bus, queues, settings);
            bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
        });
        return builder.Build();
    }

    public static IHost Coordinator(Queues queues, Servers servers)
    {
        var builder = CreateBuilder();
        builder.Services
            .AddLockCoordinator(coordinator =>
            {
                coordinator.QueueName = queues.Locks;
                coordinator.Limits = new LockRulesLimits { ConfirmationWindow = TimeSpan.FromSeconds(3) };
            })
            .UsePostgreSql(servers.Store);
        AddBus(builder.Services, servers);
        return builder.Build();
    }

    public static IHost Consumers(Queues queues, Servers servers, CaptureSettings settings)
    {
        var builder = CreateBuilder();
        AddPostgreSqlRecords(builder.Services, servers, connections: settings.Concurrency + 1);
        AddBus(builder.Services, servers, bus => AddConsumers(bus, queues, settings));
        return builder.Build();
    }

    public static IHost Producer(Servers servers)
    {
        var builder = CreateBuilder();
        AddPostgreSqlRecords(builder.Services, servers, connections: 2);
        AddBus(builder.Services, servers);
        return builder.Build();
    }

    private static HostApplicationBuilder CreateBuilder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.AddSingleton(TimeProvider.System);
        return builder;
    }

    private static void AddConsumers(IBusRegistrationConfigurator bus, Queues queues, CaptureSettings settings)
    {
        bus.AddSingleton(settings);
        bus.AddSingleton<Tally>();
        bus.AddHostedService<TallyNotes>();
        bus.AddLockClient(client => client.QueueName = queues.Locks);
        bus.AddConsumer<CaptureConsumer, CaptureConsumerDefinition>().Endpoint(endpoint =>
        {
            endpoint.Name = queues.Payments;
            endpoint.ConfigureConsumeTopology = false;
        });
    }

    private static void AddBus(IServiceCollection services, Servers servers, Action<IBusRegistrationConfigurator>? configure = null) =>
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            configure?.Invoke(bus);
            bus.UsingRabbitMq((context, transport) =>
            {
                transport.Host(servers.Broker);
                transport.ConfigureEndpoints(context);
            });
        });

    private static void AddPostgreSqlRecords(IServiceCollection services, Servers servers, int connections)
    {
        services.AddSingleton(_ => NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(servers.Store) { MaxPoolSize = connections, MinPoolSize = 0, MaxAutoPrepare = 10 }));
        services.AddSingleton<PostgreSqlRecords>();
        services.AddSingleton<ICaptures>(provider => provider.GetRequiredService<PostgreSqlRecords>());
        services.AddSingleton<ITallies>(provider => provider.GetRequiredService<PostgreSqlRecords>());
    }
}
