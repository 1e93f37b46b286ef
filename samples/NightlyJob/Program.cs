using NightlyJob.CommandLine;
using NightlyJob.Hosting;
using NightlyJob.Processes;
using NightlyJob.Running;
using Npgsql;

var command = new NightlyCommand((settings, cancellationToken) => settings switch
{
    { Role: Role.Coordinator } => CoordinatorRole.RunAsync(
        settings.Servers!,
        coordinator => NightlyHost.ConfigureCoordinator(coordinator, settings),
        settings.EndsWithInput,
        cancellationToken),
    { Role: Role.Instance } => InstanceRole.RunAsync(settings, cancellationToken),
    { Servers: not null } => Orchestrator.RunAsync(settings, cancellationToken),
    _ => EmbeddedRun.RunAsync(settings, cancellationToken),
});

return await command.RunAsync(args, trouble => trouble is NpgsqlException);
