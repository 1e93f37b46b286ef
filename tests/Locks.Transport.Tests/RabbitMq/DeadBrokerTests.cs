using System.Net;
using System.Net.Sockets;
using Locks.Client;
using Locks.Testing;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Transport.Tests.RabbitMq;

/// <summary>A service whose broker was never there.</summary>
public sealed class DeadBrokerTests
{
    [Fact]
    public async Task AServiceThatUsedALock_EndsAtOnce()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var broker = (IPEndPoint)port.LocalEndpoint;
        port.Stop();
        var time = new ManualTimeProvider();
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(time).AddLockClient();
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.UsingRabbitMq((_, rabbit) => rabbit.Host(new Uri($"amqp://{broker}/")));
        });
        var provider = services.BuildServiceProvider();
        var control = provider.GetRequiredService<IBusControl>();
        using var giveUp = new CancellationTokenSource();
        var starting = control.StartAsync(giveUp.Token);
        var asking = provider.GetRequiredService<ILockClient>().TryAcquireAsync("k", cancellationToken: CancellationToken.None);
        await Eventually.HoldsAsync(() => time.Timers.Contains(BusLifecycle.StartTimeout));
        time.Advance(BusLifecycle.StartTimeout);
        // The client's endpoint exists, and can't be opened.
        await Eventually.HoldsAsync(() => time.Timers.Contains(EndpointRecovery.FirstPause));

        // What a host does when its bus never started: MassTransit stops nothing then.
        await provider.DisposeAsync().AsTask().Within();

        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return asking.IsCompleted;
        });
        await Assert.ThrowsAsync<LockUnavailableException>(asking.Within);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(starting.Within);
    }
}
