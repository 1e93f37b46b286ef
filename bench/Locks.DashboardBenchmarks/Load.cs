using Locks.Client;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Locks.DashboardBenchmarks;

/// <summary>Callers that acquire and release, each a lock of its own.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly CancellationTokenSource _end = new();
    private readonly Task[] _callers;
    private long _cycles;

    private Load(IHost host, int inFlight)
    {
        _host = host;
        var locks = host.Services.GetRequiredService<ILockClient>();
        _callers = [.. Enumerable.Range(0, inFlight).Select(caller => RunAsync(locks, $"bench/load/{caller}"))];
    }

    public static async Task<Load> StartAsync(string broker, string queueName, int inFlight)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.UsingRabbitMq((context, rabbit) => rabbit.Host(new Uri(broker)));
        });
        builder.Services.AddLockClient(client => client.QueueName = queueName);
        var host = builder.Build();
        await host.StartAsync();
        return new Load(host, inFlight);
    }

    /// <summary>How many cycles a second there are from now on.</summary>
    public async Task<double> MeasureAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        var (begun, before) = (TimeProvider.System.GetTimestamp(), Interlocked.Read(ref _cycles));
        await Task.Delay(length, TimeProvider.System, cancellationToken);
        return (Interlocked.Read(ref _cycles) - before) / TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_callers);
        await _host.StopAsync();
        _host.Dispose();
        _end.Dispose();
    }

    private async Task RunAsync(ILockClient locks, string key)
    {
        while (!_end.IsCancellationRequested)
        {
            await using var held = await locks.TryAcquireAsync(key)
                ?? throw new InvalidOperationException($"The lock {key} is not free, though no one else uses it.");
            Interlocked.Increment(ref _cycles);
        }
    }
}
