using System.Diagnostics;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>
/// RabbitMQ nodes beside the one that all tests share, as one cluster: tests may break them. Tests with such nodes are one collection,
/// named after this class, so that only one of them runs at a time.
/// </summary>
internal sealed class BrokerNodes : IAsyncDisposable
{
    private static readonly string Services = Repository.PathOf("eng/services");

    // Within the folder of the servers that all tests share: whoever stops those stops these, too, should this process be killed.
    private readonly string _folder = Path.Combine(
        Path.GetDirectoryName(TestServices.RabbitMqControl)!, $"nodes-{Guid.CreateVersion7():N}");

    private BrokerNodes()
    {
    }

    /// <summary>The nodes' addresses.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    public static async Task<BrokerNodes> StartAsync(int count)
    {
        var nodes = new BrokerNodes();
        var lines = await RunAsync(Services, "brokers", nodes._folder, $"{count}");
        nodes.Addresses = [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new Uri(line.Split(' ')[1]))];
        return nodes;
    }

    /// <summary>Kills a node (SIGKILL).</summary>
    public Task KillAsync(int index) => RunAsync(Services, "kill", _folder, NameOf(index));

    /// <summary>Starts a node that was killed, and waits until it serves.</summary>
    public Task ReviveAsync(int index) => RunAsync(Services, "revive", _folder, NameOf(index));

    /// <summary>Controls a node, as rabbitmqctl does.</summary>
    /// <returns>What it prints.</returns>
    public Task<string> ControlAsync(int index, params string[] arguments) =>
        RunAsync(Path.Combine(_folder, $"{NameOf(index)}ctl"), ["--quiet", .. arguments]);

    /// <summary>Closes all connections, as an administrator does, again after each of the pauses.</summary>
    public Task CloseConnectionsAsync(params int[] pausesInMilliseconds) => ControlAsync(
        0,
        "eval",
        "[begin timer:sleep(Pause), rabbit_networking:close_connections(rabbit_networking:connections(), <<\"closed by the test\">>) end "
            + $"|| Pause <- [0{string.Concat(pausesInMilliseconds.Select(pause => $", {pause}"))}]].");

    /// <summary>How many consumers each queue has, by its name.</summary>
    public async Task<IReadOnlyDictionary<string, int>> ConsumersAsync()
    {
        var lines = await ControlAsync(0, "list_queues", "--no-table-headers", "name", "consumers");
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .ToDictionary(columns => columns[0], columns => int.Parse(columns[1], null));
    }

    public async ValueTask DisposeAsync() => await RunAsync(Services, "stop", _folder);

    private static string NameOf(int index) => $"broker{index + 1}";

    /// <summary>Runs a program, and fails if it does.</summary>
    /// <returns>What it prints.</returns>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(4), TimeProvider.System);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await errors} {output}");
        return output;
    }
}
