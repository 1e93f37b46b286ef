using Npgsql;
using OrderProcessing.CommandLine;
using OrderProcessing.Processes;
using OrderProcessing.Running;

var command = new OrderCommand((settings, cancellationToken) => settings switch
{
    { Role: Role.Coordinator } => CoordinatorRole.RunAsync(
        settings.Servers!, coordinator => coordinator.QueueName = settings.LockQueue, settings.EndsWithInput, cancellationToken),
    { Role: Role.Instance } => InstanceRole.RunAsync(settings, cancellationToken),
    { Servers: not null } => Orchestrator.RunAsync(settings, cancellationToken),
    _ => EmbeddedRun.RunAsync(settings, cancellationToken),
});

return await command.RunAsync(args, trouble => trouble is NpgsqlException);
