using Locks.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RequestClient.CommandLine;
using RequestClient.Locking;

namespace RequestClient.Hosting;

/// <summary>The programs that this sample can be, put together.</summary>
internal static class CallerHost
{
    /// <summary>The callers, and the coordinator beside them.</summary>
    public static IHost Embedded(CallerSettings settings)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddLockCoordinator(coordinator => coordinator.QueueName = settings.LockQueue);
        builder.Services.AddInMemoryBus(bus => AddCallers(bus, settings));
        return builder.Build();
    }

    /// <summary>The callers alone.</summary>
    public static IHost Callers(CallerSettings settings, Servers servers)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddRabbitMqBus(servers, bus => AddCallers(bus, settings));
        return builder.Build();
    }

    private static void AddCallers(IBusRegistrationConfigurator bus, CallerSettings settings)
    {
        // The queue of deployed coordinators is "locks", unless they are configured otherwise.
        var coordinators = new Uri($"queue:{settings.LockQueue}");
        bus.AddRequestClient<AcquireLock>(coordinators);
        bus.AddRequestClient<RenewLock>(coordinators);
        bus.AddRequestClient<ReleaseLock>(coordinators);
        bus.AddSingleton(TimeProvider.System);
        bus.AddScoped<LockRequests>();
    }
}
