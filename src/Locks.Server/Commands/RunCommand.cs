using Locks.Server.Configuration;
using Locks.Server.Diagnostics;
using Locks.Transport;

namespace Locks.Server.Commands;

/// <summary>Runs the server until it is stopped.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var app = ServerHost.Build(args);
        LogSettings(app);
        return await RunAsync(app, static () => Task.CompletedTask).ConfigureAwait(false);
    }

    /// <summary>Runs a server until it is stopped.</summary>
    /// <param name="app">The server; disposed of in the end.</param>
    /// <param name="onStarted">What follows its start.</param>
    internal static async Task<int> RunAsync(WebApplication app, Func<Task> onStarted)
    {
        bool hasFailed;
        try
        {
            await app.StartAsync().ConfigureAwait(false);
            await onStarted().ConfigureAwait(false);
            hasFailed = await WaitForStopAsync(app).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var result = await EndAsync(app, ServerHost.LongestEnd).ConfigureAwait(false);
        return hasFailed ? CommandLine.Failed : result;
    }

    /// <summary>Writes to the log, in one line, what the server runs with.</summary>
    internal static void LogSettings(WebApplication app)
    {
        var settings = app.Services.GetRequiredService<ServerSettings>();
        var (broker, queue, store) = (settings.Broker!.ToString(), settings.Coordinator.QueueName, settings.StoreDescription);
        if (settings.IsUnconfigured)
            app.Logger.StartingUnconfigured(broker, queue, store);
        else
            app.Logger.Starting(broker, queue, store);
        if (settings.Store == StoreKind.InMemory)
            app.Logger.LocksInMemory();
    }

    /// <summary>
    /// Ends the host, but does not wait for ever: a host waits for its services also when their time is up, and not all of them heed that. What
    /// is still there then ends with the process.
    /// </summary>
    internal static async Task<int> EndAsync(WebApplication app, TimeSpan timeout)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>();
        try
        {
            await StopAndDisposeAsync(app).WaitAsync(timeout, TimeProvider.System).ConfigureAwait(false);
        }
        catch (Exception haste) when (haste is OperationCanceledException or TimeoutException)
        {
            // What was not finished was not acknowledged either: the broker gives it to another coordinator.
            app.Logger.StoppedInHaste();
            // Writes what is still to be written.
            log.Dispose();
            return CommandLine.Failed;
        }

        return CommandLine.Done;
    }

    private static async Task StopAndDisposeAsync(WebApplication app)
    {
        await app.StopAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Waits until the server is told to stop, or can't serve any more and had better be started anew.</summary>
    /// <returns>Whether it can't.</returns>
    internal static async Task<bool> WaitForStopAsync(WebApplication app)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registration = app.Lifetime.ApplicationStopping.Register(stop.SetResult);
        await using var _ = registration.ConfigureAwait(false);
        var failure = app.Services.GetRequiredService<BusLifecycle>().Failures.First;
        if (await Task.WhenAny(stop.Task, failure).ConfigureAwait(false) != failure)
            return false;

        app.Logger.EndpointLost();
        return true;
    }
}
