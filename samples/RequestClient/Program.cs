using Locks.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RequestClient.Locking;
using RequestClient.Story;

return await CallerCommand.RunAsync(
    args,
    "request-client",
    "Acquires, waits, renews and releases with MassTransit's request client and Locks.Contracts, without the client library.",
    (settings, cancellationToken) =>
    {
        var run = new CallerRun(settings, _ => { }, bus => AddCallers(bus, settings.LockQueue));
        return run.RunAsync(
            services => Callers.RunAsync(services, $"request-client:{settings.Run}:report", cancellationToken), cancellationToken);
    },
    trouble => trouble is RequestException);

// The queue of deployed coordinators is "locks", unless they are configured otherwise.
static void AddCallers(IBusRegistrationConfigurator bus, string queue)
{
    var coordinators = new Uri($"queue:{queue}");
    bus.AddRequestClient<AcquireLock>(coordinators);
    bus.AddRequestClient<RenewLock>(coordinators);
    bus.AddRequestClient<ReleaseLock>(coordinators);
    bus.AddScoped<LockRequests>();
}
