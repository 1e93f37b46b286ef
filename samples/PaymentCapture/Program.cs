using Npgsql;
using PaymentCapture;
using PaymentCapture.CommandLine;
using PaymentCapture.Processes;
using PaymentCapture.Running;

var command = new CaptureCommand((settings, cancellationToken) => settings switch
{
    { Processes: { } processes } => Orchestrator.RunAsync(settings, processes, cancellationToken),
    { Role: Role.Coordinator } => CoordinatorRole.RunAsync(settings, cancellationToken),
    { Role: Role.Consumer } => ConsumerRole.RunAsync(settings, cancellationToken),
    _ => EmbeddedRun.RunAsync(settings, cancellationToken),
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
catch (Exception trouble) when (trouble is CaptureException or NpgsqlException)
{
    Console.Error.WriteLine(trouble.Message);
    return ExitCode.Trouble;
}
