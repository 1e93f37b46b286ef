using Locks.Client;
using Npgsql;
using SuspendedHolder.Bank;
using SuspendedHolder.CommandLine;
using SuspendedHolder.Hosting;
using SuspendedHolder.Processes;

var command = new StoryCommand((settings, cancellationToken) => settings.Role switch
{
    Role.Coordinator => CoordinatorRole.RunAsync(
        settings.Servers, coordinator => coordinator.QueueName = new Names(settings.Run).Queue, endsWithInput: true, cancellationToken),
    Role.A => WriterRole.RunAsync(settings, Deposit.OfA, isSuspended: true, cancellationToken),
    Role.B => WriterRole.RunAsync(settings, Deposit.OfB, isSuspended: false, cancellationToken),
    _ => Orchestrator.RunAsync(settings, cancellationToken),
});

var parsed = command.Parse(args);
return await CommandLines.RunAsync(
    parsed, StoryCommand.Check(parsed), trouble => trouble is NpgsqlException or LockUnavailableException or LockTimeoutException);
