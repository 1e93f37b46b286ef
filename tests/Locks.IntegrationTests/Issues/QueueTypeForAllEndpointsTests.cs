using System.Diagnostics;
using Locks.Client;
using Locks.Contracts;
using Locks.IntegrationTests.ConsumeFilter;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// An application had all of its endpoints read quorum queues, whatever their names. Partition queues stayed classic, and the coordinator's
/// temporary queue, which can't be a quorum queue, was refused by the broker.
/// </summary>
public sealed class QueueTypeForAllEndpointsTests
{
    private readonly string _queue = $"locks-{Guid.CreateVersion7():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task QueuesThatStay_AreOfThatType_AndTemporaryOnesStayTemporary()
    {
        using var service = await StartAsync(coordinates: true);
        using var application = await StartAsync(coordinates: false);
        var client = application.Services.GetRequiredService<ILockClient>();
        await using var held = await client.TryAcquireAsync("a", TimeSpan.FromMinutes(1), Cancel).Within();
        Assert.NotNull(held);

        var waiting = client.AcquireAsync("a", TimeSpan.FromMinutes(1), cancellationToken: Cancel);
        string[] partitions = [.. Enumerable.Range(0, 2).Select(index => LockPartitions.NameOf(_queue, index))];
        await Eventually.HoldsAsync(async () => (await QueuesAsync()).Select(queue => queue.Name).Intersect(partitions).Count() == 2);
        await held.ReleaseAsync(Cancel);
        await using (await waiting.Within())
        {
        }

        var queues = await QueuesAsync();
        foreach (var name in partitions.Append(_queue))
            Assert.Equal(new Queue(name, "quorum", "true"), Assert.Single(queues, queue => queue.Name == name));
        var sessions = queues.Where(queue => queue.Name.Contains("locks-sessions", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(sessions);
        Assert.All(sessions, queue => Assert.Equal(("classic", "false"), (queue.Type, queue.Durable)));

        foreach (var host in new[] { application, service })
            await host.StopAsync(Cancel);
        foreach (var name in partitions.Append(_queue))
            await RabbitMqQueue.DeleteAsync(name);
    }

    private static async Task<List<Queue>> QueuesAsync()
    {
        var start = new ProcessStartInfo(TestServices.RabbitMqControl, ["list_queues", "name", "type", "durable", "--quiet"])
        {
            RedirectStandardOutput = true,
        };
        using var control = Process.Start(start)!;
        var listed = await control.StandardOutput.ReadToEndAsync(Cancel).Within();
        await control.WaitForExitAsync(Cancel).Within();
        return
        [
            .. listed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t'))
                .Where(cells => cells.Length == 3)
                .Select(cells => new Queue(cells[0], cells[1], cells[2])),
        ];
    }

    private async Task<IHost> StartAsync(bool coordinates)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        if (!coordinates)
            builder.Services.AddLockClient(options => options.QueueName = _queue);
        builder.Services.AddMassTransit(bus =>
        {
            if (coordinates)
                bus.AddLockCoordinator(options => options.QueueName = _queue);
            bus.AddConfigureEndpointsCallback((_, endpoint) =>
            {
                if (endpoint is IRabbitMqReceiveEndpointConfigurator queue)
                    queue.SetQuorumQueue(1);
            });
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(TestServices.RabbitMq);
                rabbit.ConfigureEndpoints(context);
            });
        });
        var host = builder.Build();
        await host.StartAsync(Cancel).Within();
        return host;
    }

    private sealed record Queue(string Name, string Type, string Durable);
}
