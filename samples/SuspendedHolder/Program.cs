using Locks.Client;
using Npgsql;
using SuspendedHolder.Bank;
using SuspendedHolder.CommandLine;
using SuspendedHolder.Hosting;
using SuspendedHolder.Processes;
using SuspendedHolder.Running;

var command = new StoryCommand((settings, cancellationToken) => settings switch
{
    { Role: Role.Coordinator } => CoordinatorRole.RunAsync(
        settings.Servers!, coordinator => coordinator.QueueName = new Names(settings.Run).Queue, endsWithInput: true, cancellationToken),
    { Role: Role.A } => WriterRole.RunAsync(settings, Deposit.OfA, isSuspended: true, cancellationToken),
    { Role: Role.B } => WriterRole.RunAsync(settings, Deposit.OfB, isSuspended: false, cancellationToken),
    { Servers: not null } => Orchestrator.RunAsync(settings, cancellationToken),
    _ => EmbeddedStory.RunAsync(settings, cancellationToken),
});

var parsed = command.Parse(args);
return await CommandLines.RunAsync(
    parsed, StoryCommand.Check(parsed), trouble => trouble is NpgsqlException or LockUnavailableException or LockTimeoutException);
