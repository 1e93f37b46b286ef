using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuspendedHolder.CommandLine;

namespace SuspendedHolder.Hosting;

/// <summary>The programs that this sample can be, put together.</summary>
internal static class StoryHost
{
    /// <summary>Everything in one process: transport, coordinator and writers.</summary>
    public static IHost Embedded(StorySettings settings)
    {
        var queue = new Names(settings.Run).Queue;
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddLockCoordinator(coordinator => coordinator.QueueName = queue);
        builder.Services.AddInMemoryBus(bus => bus.AddLockClient(client => client.QueueName = queue));
        return builder.Build();
    }

    /// <summary>A writer that is a process.</summary>
    public static IHost Writer(StorySettings settings, Servers servers)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddLockClient(client => client.QueueName = new Names(settings.Run).Queue);
        builder.Services.AddRabbitMqBus(servers);
        return builder.Build();
    }
}
