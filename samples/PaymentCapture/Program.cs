using Npgsql;
using PaymentCapture.CommandLine;
using PaymentCapture.Hosting;
using PaymentCapture.Processes;
using PaymentCapture.Running;

var command = new CaptureCommand((settings, cancellationToken) => settings switch
{
    { Processes: { } processes } => Orchestrator.RunAsync(settings, processes, cancellationToken),
    { Role: Role.Coordinator } => CoordinatorRole.RunAsync(
        settings.Servers!,
        coordinator => CaptureHost.ConfigureCoordinator(coordinator, new Queues(settings.Run)),
        settings.EndsWithInput,
        cancellationToken),
    { Role: Role.Consumer } => ConsumerRole.RunAsync(settings, cancellationToken),
    _ => EmbeddedRun.RunAsync(settings, cancellationToken),
});

return await command.RunAsync(args, trouble => trouble is NpgsqlException);
