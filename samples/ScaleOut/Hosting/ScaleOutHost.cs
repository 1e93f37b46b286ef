using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ScaleOut.CommandLine;
using ScaleOut.Items;

namespace ScaleOut.Hosting;

/// <summary>The programs that this sample can be, put together.</summary>
internal static class ScaleOutHost
{
    /// <summary>Everything in one process: transport, store, coordinator and workers.</summary>
    public static IHost Embedded(ScaleOutSettings settings)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddLockCoordinator(coordinator => coordinator.QueueName = settings.LockQueue);
        builder.Services.AddSingleton<IItems, InMemoryItems>();
        builder.Services.AddInMemoryBus(bus => bus.AddLockClient(client => client.QueueName = settings.LockQueue));
        return builder.Build();
    }

    /// <summary>A process with a lock client and the items: a worker, or the one that watches them.</summary>
    public static IHost Client(ScaleOutSettings settings, Servers servers)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddDatabase(servers, connections: 2).AddSingleton<PostgreSqlItems>();
        builder.Services.AddSingleton<IItems>(provider => provider.GetRequiredService<PostgreSqlItems>());
        builder.Services.AddRabbitMqBus(servers, bus => bus.AddLockClient(client => client.QueueName = settings.LockQueue));
        return builder.Build();
    }
}
