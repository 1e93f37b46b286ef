using Locks.Coordinator.Hosting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Npgsql;

namespace Samples.Hosting;

/// <summary>What the hosts of the samples have in common.</summary>
public static class SampleHost
{
    /// <summary>A builder that logs warnings to standard error and leaves start, stop and Ctrl-C to the caller.</summary>
    public static HostApplicationBuilder CreateBuilder()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.AddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>The bus of a run in one process, and the coordinator on it.</summary>
    public static IHost EmbeddedCoordinator(Action<LockCoordinatorOptions> configure)
    {
        var builder = CreateBuilder();
        builder.Services.AddLockCoordinator(configure);
        builder.Services.AddInMemoryBus();
        return builder.Build();
    }

    /// <summary>Adds a bus on the in-memory transport.</summary>
    public static void AddInMemoryBus(this IServiceCollection services, Action<IBusRegistrationConfigurator>? configure = null) =>
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            configure?.Invoke(bus);
            bus.UsingInMemory((context, transport) => transport.ConfigureEndpoints(context));
        });

    /// <summary>Adds a bus on RabbitMQ.</summary>
    public static void AddRabbitMqBus(this IServiceCollection services, Servers servers, Action<IBusRegistrationConfigurator>? configure = null) =>
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            configure?.Invoke(bus);
            bus.UsingRabbitMq((context, transport) =>
            {
                // A process that is killed is missed soon; a minute is the default.
                transport.Host(servers.Broker, host => host.Heartbeat(TimeSpan.FromSeconds(5)));
                transport.ConfigureEndpoints(context);
            });
        });

    /// <summary>Adds the database, with at most as many connections.</summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services, Servers servers, int connections) =>
        services.AddSingleton(_ => NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(servers.Store) { MaxPoolSize = connections, MinPoolSize = 0, MaxAutoPrepare = 10 }));

    /// <summary>
    /// Starts a host, runs an action, stops the host and disposes of it. When the action is interrupted, the host ends with the process
    /// instead: stopping it would wait for work that is no longer wanted.
    /// </summary>
    public static async Task<T> WhileRunningAsync<T>(this IHost host, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        await host.StartAsync(cancellationToken);
        var result = await action();
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
        return result;
    }
}
