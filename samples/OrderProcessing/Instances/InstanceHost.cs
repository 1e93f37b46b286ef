using Locks.Client;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderProcessing.CommandLine;
using OrderProcessing.Orders;

namespace OrderProcessing.Instances;

/// <summary>The programs that this sample can be, put together.</summary>
internal static class InstanceHost
{
    /// <summary>The bus of a run in one process, and the coordinator on it.</summary>
    public static IHost EmbeddedCoordinator(OrderSettings settings) =>
        SampleHost.EmbeddedCoordinator(coordinator => coordinator.QueueName = settings.LockQueue);

    /// <summary>One instance of the application in that process, on that bus.</summary>
    public static IHost Embedded(OrderSettings settings, IBus bus, IOrderBook book)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddSingleton(bus).AddSingleton(book);
        AddInstance(builder.Services, settings);
        return builder.Build();
    }

    /// <summary>An instance that is a process.</summary>
    public static IHost Process(OrderSettings settings, Servers servers)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddDatabase(servers, connections: 2).AddSingleton<IOrderBook, PostgreSqlOrderBook>();
        builder.Services.AddRabbitMqBus(servers);
        AddInstance(builder.Services, settings);
        return builder.Build();
    }

    private static void AddInstance(IServiceCollection services, OrderSettings settings)
    {
        services.AddLockClient(client => (client.QueueName, client.Owner) = (settings.LockQueue, settings.Name));
        if (!settings.WithLocks)
            services.AddSingleton<IDistributedLockFactory, NoLocks>();
        services.AddSingleton<IOrderProcessor>(provider => new OrderProcessor(
            settings.Name, provider.GetRequiredService<IOrderBook>(), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<OrderProcessingService>();
    }
}
