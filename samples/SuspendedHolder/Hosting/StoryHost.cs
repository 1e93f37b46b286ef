using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using SuspendedHolder.CommandLine;

namespace SuspendedHolder.Hosting;

/// <summary>The programs that this sample can be, put together.</summary>
internal static class StoryHost
{
    public static IHost Coordinator(StorySettings settings)
    {
        var builder = CreateBuilder();
        builder.Services.AddLockCoordinator(coordinator => coordinator.QueueName = new Names(settings.Run).Queue)
            .UsePostgreSql(settings.Servers.Store);
        AddBus(builder.Services, settings.Servers);
        return builder.Build();
    }

    public static IHost Writer(StorySettings settings)
    {
        var builder = CreateBuilder();
        builder.Services.AddLockClient(client => client.QueueName = new Names(settings.Run).Queue);
        AddBus(builder.Services, settings.Servers);
        return builder.Build();
    }

    private static HostApplicationBuilder CreateBuilder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        return builder;
    }

    private static void AddBus(IServiceCollection services, Servers servers) =>
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.UsingRabbitMq((context, transport) =>
            {
                transport.Host(servers.Broker);
                transport.ConfigureEndpoints(context);
            });
        });
}
