using FolderImport;
using FolderImport.CommandLine;
using FolderImport.Processes;
using FolderImport.Running;
using Npgsql;

var command = new ImportCommand((settings, cancellationToken) => settings switch
{
    { Processes: { } processes } => Orchestrator.RunAsync(settings, processes, cancellationToken),
    { Role: Role.Coordinator } => CoordinatorRole.RunAsync(settings, cancellationToken),
    { Role: Role.Worker } => WorkerRole.RunAsync(settings, cancellationToken),
    { Role: Role.Producer } => ProducerRole.RunAsync(settings, cancellationToken),
    _ => EmbeddedImport.RunAsync(settings, cancellationToken),
});

var parsed = command.Parse(args);
if (command.Check(parsed) is { Count: > 0 } problems)
{
    foreach (var problem in problems)
        Console.Error.WriteLine(problem);
    return ExitCode.Trouble;
}

try
{
    // Ending children takes a moment, and is not to be cut short.
    return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
}
catch (OperationCanceledException)
{
    return ExitCode.Interrupted;
}
catch (Exception trouble) when (trouble is ImportException or NpgsqlException)
{
    Console.Error.WriteLine(trouble.Message);
    return ExitCode.Trouble;
}
