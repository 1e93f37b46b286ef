using Locks.Client;
using Locks.Server.Configuration;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Locks.Cli.Connection;

/// <summary>A lock client on a bus of its own.</summary>
internal sealed class BrokerConnection : ILockConnection
{
    // A bus that never connected takes far longer to stop, and nothing that it does then is of use any more: the process ends.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(3);

    private readonly IBusControl _bus;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _started;

    private BrokerConnection(ServiceProvider services)
    {
        _bus = services.GetRequiredService<IBusControl>();
        Client = services.GetRequiredService<ILockClient>();
        // Not awaited: it lasts until the broker answers. The client connects on its own, and explains why it could not.
        _started = _bus.StartAsync(_stop.Token);
    }

    public ILockClient Client { get; }

    public static ILockConnection Open(ConnectionSettings settings)
    {
        var services = new ServiceCollection()
            .AddLogging(logging => Configure(logging, settings.Verbose))
            .AddLockClient(client =>
            {
                client.QueueName = settings.QueueName;
                client.RequestTimeout = settings.RequestTimeout;
            })
            .AddMassTransit(bus =>
            {
                bus.DisableUsageTelemetry();
                bus.UseBroker(settings.Broker);
            });
        return new BrokerConnection(services.BuildServiceProvider());
    }

    public async ValueTask DisposeAsync()
    {
        if (_started.IsCompletedSuccessfully)
        {
            var stopped = _bus.StopAsync(_stop.Token);
            await stopped.WaitAsync(LongestStop, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        // What it failed with was reported by the call that needed it.
        await _started.WaitAsync(TimeSpan.Zero, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static void Configure(ILoggingBuilder logging, bool verbose)
    {
        if (!verbose)
            return;
        logging.SetMinimumLevel(LogLevel.Debug).AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
