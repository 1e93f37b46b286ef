using Deadlocks.Transfers;
using Locks.Client;
using Locks.Coordinator.Hosting;
using Microsoft.Extensions.DependencyInjection;

return await CallerCommand.RunAsync(
    args,
    "deadlock",
    "Two workers lock two accounts in opposite order, one after the other, and deadlock; then both accounts together, and do not.",
    (settings, cancellationToken) =>
    {
        var run = new CallerRun(settings, EndDeadlocks, bus => bus.AddLockClient(client => (client.QueueName, client.RequestTimeout) = (settings.LockQueue, TimeSpan.FromSeconds(60))));
        return run.RunAsync(
            services => TransferRun.RunAsync(services.GetRequiredService<ILockClient>(), settings.Run, TimeProvider.System, cancellationToken),
            cancellationToken);
    },
    trouble => trouble is LockUnavailableException or LockTimeoutException or LockRefusedException);

// Deadlocks are told in the log at any rate. To end them by itself is safe here, because each worker is an owner of its own.
static void EndDeadlocks(LockCoordinatorOptions coordinator)
{
    coordinator.Deadlocks.Break = true;
    coordinator.Deadlocks.Interval = TimeSpan.FromMilliseconds(500);
    coordinator.Deadlocks.MinAge = TimeSpan.FromMilliseconds(300);
}
