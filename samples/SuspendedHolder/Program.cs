using Locks.Client;
using Npgsql;
using SuspendedHolder;
using SuspendedHolder.Bank;
using SuspendedHolder.CommandLine;
using SuspendedHolder.Processes;

var command = new StoryCommand((settings, cancellationToken) => settings.Role switch
{
    Role.Coordinator => CoordinatorRole.RunAsync(settings, cancellationToken),
    Role.A => WriterRole.RunAsync(settings, Deposit.OfA, isSuspended: true, cancellationToken),
    Role.B => WriterRole.RunAsync(settings, Deposit.OfB, isSuspended: false, cancellationToken),
    _ => Orchestrator.RunAsync(settings, cancellationToken),
});

var parsed = command.Parse(args);
if (StoryCommand.Check(parsed) is { Count: > 0 } problems)
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
catch (Exception trouble) when (trouble is StoryException or NpgsqlException or LockUnavailableException or LockTimeoutException)
{
    Console.Error.WriteLine(trouble.Message);
    return ExitCode.Trouble;
}
