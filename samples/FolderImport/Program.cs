using FolderImport.CommandLine;
using FolderImport.Hosting;
using FolderImport.Processes;
using FolderImport.Running;
using Npgsql;

var command = new ImportCommand((settings, cancellationToken) => settings switch
{
    { Processes: { } processes } => Orchestrator.RunAsync(settings, processes, cancellationToken),
    { Role: Role.Coordinator } => CoordinatorRole.RunAsync(
        settings.Servers!,
        coordinator => ImportHost.ConfigureCoordinator(coordinator, new Queues(settings.Run)),
        settings.EndsWithInput,
        cancellationToken),
    { Role: Role.Worker } => WorkerRole.RunAsync(settings, cancellationToken),
    { Role: Role.Producer } => ProducerRole.RunAsync(settings, cancellationToken),
    _ => EmbeddedImport.RunAsync(settings, cancellationToken),
});

var parsed = command.Parse(args);
return await CommandLines.RunAsync(parsed, command.Check(parsed), trouble => trouble is NpgsqlException);
