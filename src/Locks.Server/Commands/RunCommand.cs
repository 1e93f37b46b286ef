using Locks.Server.Configuration;
using Locks.Server.Diagnostics;

namespace Locks.Server.Commands;

/// <summary>Runs the server until it is told to stop.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var app = ServerHost.Build(args);
        await using var _ = app.ConfigureAwait(false);
        var settings = app.Services.GetRequiredService<ServerSettings>();
        app.Logger.Starting(settings.Broker!.ToString(), settings.Coordinator.QueueName, settings.Store);
        if (settings.Store == StoreKind.InMemory)
            app.Logger.LocksInMemory();

        await app.StartAsync().ConfigureAwait(false);
        await WaitForStopAsync(app).ConfigureAwait(false);
        try
        {
            await app.StopAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What was not finished was not acknowledged either: the broker gives it to another coordinator.
            app.Logger.StoppedInHaste();
            return CommandLine.Failed;
        }

        return CommandLine.Done;
    }

    private static async Task WaitForStopAsync(WebApplication app)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registration = app.Lifetime.ApplicationStopping.Register(stop.SetResult);
        await using var _ = registration.ConfigureAwait(false);
        await stop.Task.ConfigureAwait(false);
    }
}
