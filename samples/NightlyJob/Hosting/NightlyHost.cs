using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NightlyJob.CommandLine;
using NightlyJob.Jobs;
using NightlyJob.Records;
using Quartz;

namespace NightlyJob.Hosting;

/// <summary>The programs that this sample can be, put together.</summary>
internal static class NightlyHost
{
    // A night's would be "0 0 3 * * ?".
    private const string EverySecond = "* * * * * ?";

    private const string Job = "day-closing";

    public static void ConfigureCoordinator(LockCoordinatorOptions coordinator, NightlySettings settings)
    {
        coordinator.QueueName = settings.LockQueue;
        // A killed instance may have been waiting for the next due times already; each of its waits delays the others by this long at most.
        coordinator.Limits = new LockRulesLimits { ConfirmationWindow = TimeSpan.FromSeconds(3) };
    }

    /// <summary>The bus of a run in one process, and the coordinator on it.</summary>
    public static IHost EmbeddedCoordinator(NightlySettings settings) =>
        SampleHost.EmbeddedCoordinator(coordinator => ConfigureCoordinator(coordinator, settings));

    /// <summary>One of several instances in one process, on the bus that they share.</summary>
    public static IHost EmbeddedInstance(NightlySettings settings, IBus bus, IClosings closings)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddSingleton(bus).AddSingleton(closings);
        AddInstance(builder.Services, settings);
        return builder.Build();
    }

    /// <summary>An instance that is a process.</summary>
    public static IHost Instance(NightlySettings settings, Servers servers)
    {
        var builder = SampleHost.CreateBuilder();
        builder.Services.AddDatabase(servers, connections: 4).AddSingleton<IClosings, PostgreSqlClosings>();
        builder.Services.AddRabbitMqBus(servers);
        AddInstance(builder.Services, settings);
        return builder.Build();
    }

    /// <summary>The scheduler comes last, so that it starts when the bus has started.</summary>
    private static void AddInstance(IServiceCollection services, NightlySettings settings)
    {
        services.AddSingleton(settings).AddSingleton<DayClosing>();
        services.AddLockClient(client => (client.QueueName, client.Owner) = (settings.LockQueue, settings.Name));
        services.AddQuartz(quartz =>
        {
            quartz.UseDistributedLocks();
            quartz.AddJob(ClosingJobs.For(settings.Guard), job => job.WithIdentity(Job));
            quartz.AddTrigger(trigger => trigger.ForJob(Job).WithCronSchedule(EverySecond));
        });
        services.AddQuartzHostedService(quartz => quartz.WaitForJobsToComplete = true);
    }
}
