using Locks.Client;
using Npgsql;
using ScaleOut.CommandLine;
using ScaleOut.Processes;
using ScaleOut.Running;

var command = new ScaleOutCommand((settings, cancellationToken) => settings switch
{
    { Role: Role.Coordinator } => CoordinatorRole.RunAsync(
        settings.Servers!, coordinator => coordinator.QueueName = settings.LockQueue, settings.EndsWithInput, cancellationToken),
    { Role: Role.Worker } => WorkerRole.RunAsync(settings, cancellationToken),
    { Servers: not null } => Orchestrator.RunAsync(settings, cancellationToken),
    _ => EmbeddedRun.RunAsync(settings, cancellationToken),
});

return await command.RunAsync(args, trouble => trouble is NpgsqlException or LockUnavailableException);
