using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderProcessing.Orders;

namespace OrderProcessing.Instances;

/// <summary>The programs of this sample. In one process here; with a broker between, each would be a process of its own.</summary>
internal static class InstanceHost
{
    /// <summary>The bus, and the coordinator on it.</summary>
    public static IHost Coordinator()
    {
        var builder = CreateBuilder();
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddLockCoordinator();
            bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
        });
        return builder.Build();
    }

    /// <summary>One instance of the application, on that bus.</summary>
    public static IHost Create(string name, OrderBook book, IBus bus, bool withLocks)
    {
        var builder = CreateBuilder();
        builder.Services.AddSingleton(bus).AddLockClient(client => client.Owner = name);
        if (!withLocks)
            builder.Services.AddSingleton<Locks.Client.IDistributedLockFactory, NoLocks>();
        builder.Services.AddSingleton<IOrderProcessor>(provider => new OrderProcessor(name, book, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddHostedService<OrderProcessingService>();
        return builder.Build();
    }

    private static HostApplicationBuilder CreateBuilder() =>
        Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
}
