using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SuspendedHolder.CommandLine;

namespace SuspendedHolder.Hosting;

/// <summary>The programs that this sample can be, put together.</summary>
internal static class StoryHost
{
    public static IHost Writer(StorySettings settings)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddLockClient(client => client.QueueName = new Names(settings.Run).Queue);
        builder.Services.AddRabbitMqBus(settings.Servers);
        return builder.Build();
    }
}
