using MassTransit;
using RequestClient.CommandLine;
using RequestClient.Hosting;
using RequestClient.Story;

var command = new CallerCommand((settings, cancellationToken) =>
{
    if (settings.IsCoordinator)
    {
        return CoordinatorRole.RunAsync(
            settings.Servers!, coordinator => coordinator.QueueName = settings.LockQueue, settings.EndsWithInput, cancellationToken);
    }

    if (settings.Servers is { } servers)
        return SeparateCoordinator.RunAsync(settings, servers, cancellationToken);

    var host = CallerHost.Embedded(settings);
    return host.WhileRunningAsync(() => Callers.RunAsync(host.Services, settings.LockKey, cancellationToken), cancellationToken);
});

var parsed = command.Parse(args);
return await CommandLines.RunAsync(parsed, command.Check(parsed), trouble => trouble is RequestException);
