namespace Locks.TestKit;

/// <summary>RabbitMQ nodes beside the one that all tests share, as one cluster: tests may break them.</summary>
public sealed class BrokerNodes : IAsyncDisposable
{
    private static readonly string Services = Repository.PathOf("eng/services");

    private readonly string _folder;

    private BrokerNodes(string folder) => _folder = folder;

    /// <summary>The nodes' addresses.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>Starts nodes.</summary>
    /// <param name="servers">The folder of the servers that all tests share: what ends those ends these, too, should this process be killed.</param>
    /// <param name="count">How many.</param>
    public static async Task<BrokerNodes> StartAsync(string servers, int count)
    {
        var nodes = new BrokerNodes(Path.Combine(servers, $"nodes-{Guid.CreateVersion7():N}"));
        var lines = await ServerProgram.RunAsync(Services, "brokers", nodes._folder, $"{count}");
        nodes.Addresses = [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new Uri(line.Split(' ')[1]))];
        return nodes;
    }

    /// <summary>Kills a node (SIGKILL).</summary>
    public Task KillAsync(int index) => ServerProgram.RunAsync(Services, "kill", _folder, NameOf(index));

    /// <summary>Suspends a node (SIGSTOP): its connections stay, and nothing answers on them.</summary>
    public Task SuspendAsync(int index) => ServerProgram.RunAsync(Services, "suspend", _folder, NameOf(index));

    /// <summary>Lets a node that was suspended go on.</summary>
    public Task ResumeAsync(int index) => ServerProgram.RunAsync(Services, "resume", _folder, NameOf(index));

    /// <summary>Starts a node that was killed, and waits until it serves.</summary>
    public Task ReviveAsync(int index) => ServerProgram.RunAsync(Services, "revive", _folder, NameOf(index));

    /// <summary>Controls a node, as rabbitmqctl does.</summary>
    /// <returns>What it prints.</returns>
    public Task<string> ControlAsync(int index, params string[] arguments) =>
        ServerProgram.RunAsync(Path.Combine(_folder, $"{NameOf(index)}ctl"), ["--quiet", .. arguments]);

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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ServerProgram.RunAsync(Services, "stop", _folder);

    private static string NameOf(int index) => $"broker{index + 1}";
}
