using Locks.Client;
using Locks.Histories.Records;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Locks.Verification.Clients;

/// <summary>
/// A process with a lock client: its callers use locks from <see cref="Start"/> to <see cref="End"/>. It ends with its standard input.
/// </summary>
internal static class ClientProgram
{
    /// <summary>Starts the callers. Answer: <c>STARTED</c>.</summary>
    public const string Start = "start";

    /// <summary>Ends the callers: each gives up what it waits for, and releases what it holds. Answer: <c>ENDED</c>.</summary>
    public const string End = "end";

    /// <summary>Lists the locks that are not free. Answer: <c>LEFT</c> and each with its state, or <c>FREE</c>.</summary>
    public const string List = "list";

    /// <summary>Ends the process in good order.</summary>
    public const string Stop = "stop";

    /// <summary>The first line that the process prints.</summary>
    public const string ReadyLine = "READY";

    public static async Task RunAsync(ClientSettings settings)
    {
        using var history = new HistoryWriter(settings.History, settings.Name);
        await using var resource = new GuardedResource(settings.Resource);
        using var host = BuildHost(settings.Name, settings.Brokers, settings.Queue);
        await host.StartAsync();
        var locks = host.Services.GetRequiredService<ILockClient>();
        var recorder = new CallRecorder(history);
        var client = new RecordingClient(locks, resource, recorder, ClientControl.None);
        var defective = new RecordingClient(locks, resource, recorder, settings.Control);
        Console.WriteLine(ReadyLine);

        await using var callers = new Callers(client, defective, settings);
        while (await Console.In.ReadLineAsync(CancellationToken.None) is { } line && line != Stop)
            Console.WriteLine(await DoAsync(line));

        await callers.EndAsync();
        history.Write(new() { At = HistoryWriter.Now, Process = settings.Name, Kind = RecordKind.Ended });
        await host.StopAsync();

        async Task<string> StartAsync()
        {
            await WarmUpAsync(locks);
            return callers.Start();
        }

        async Task<string> DoAsync(string line) => line switch
        {
            Start => await StartAsync(),
            End => await callers.EndAsync(),
            List => await LeftAsync(locks),
            _ => await callers.Commanded.DoAsync(line),
        };
    }

    /// <summary>
    /// Uses a lock beside those of the load, until that went well. The first calls of a process wait for the compiler, on a machine that has
    /// much to do for seconds, and say nothing of the locks. All processes use the same one: each lock leaves a row for an hour.
    /// </summary>
    private static async Task WarmUpAsync(ILockClient locks)
    {
        for (var isWarm = false; !isWarm;)
        {
            try
            {
                await using var handle = await locks.TryAcquireAsync("start", LoadCaller.LongestWait, new LockOptions { Lease = LoadCaller.Lease }, CancellationToken.None);
                isWarm = handle is not null;
            }
            catch (LockUnavailableException)
            {
                // The coordinator may be starting.
            }
        }
    }

    private static async Task<string> LeftAsync(ILockClient locks)
    {
        var left = new List<string>();
        try
        {
            await foreach (var found in locks.ListAsync())
                left.Add($"{found.Key}={found.State}/{found.Waiters}");
        }
        catch (LockUnavailableException unavailable)
        {
            return $"UNKNOWN {unavailable.Message}";
        }

        return left.Count == 0 ? "FREE" : $"LEFT {string.Join(' ', left)}";
    }

    /// <summary>Builds the host of a lock client.</summary>
    /// <param name="owner">The owner of its locks.</param>
    /// <param name="brokers">The broker, or the nodes of its cluster.</param>
    /// <param name="queue">The coordinators' queue.</param>
    public static IHost BuildHost(string owner, IReadOnlyList<Uri> brokers, string queue)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus => bus.UsingRabbitMq((_, rabbit) => rabbit.Host(brokers[0], host =>
        {
            if (brokers.Count > 1)
                host.UseCluster(cluster => brokers.ToList().ForEach(node => cluster.Node(node.Authority)));
        })));
        builder.Services.AddLockClient(options =>
        {
            options.QueueName = queue;
            options.Owner = owner;
            options.RequestTimeout = RecordingClient.RequestTimeout;
        });
        return builder.Build();
    }
}
