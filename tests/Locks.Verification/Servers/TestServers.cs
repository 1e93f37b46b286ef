using Locks.TestKit;

namespace Locks.Verification.Servers;

/// <summary>The broker and the database, which <c>eng/services start DIR</c> has started, and which scenarios may break.</summary>
/// <param name="Broker">The broker's AMQP address.</param>
/// <param name="Postgres">An Npgsql connection string of a role that may create databases.</param>
/// <param name="BrokerControl">A program like rabbitmqctl for that broker.</param>
internal sealed record TestServers(Uri Broker, string Postgres, string BrokerControl)
{
    /// <summary>What the broker is called.</summary>
    public const string RabbitMq = "rabbitmq";

    /// <summary>What the database server is called.</summary>
    public const string PostgreSql = "postgres";

    /// <summary>The folder that the servers were started in.</summary>
    public string Folder => Path.GetDirectoryName(BrokerControl)!;

    /// <summary>The servers that the environment names.</summary>
    /// <exception cref="InvalidOperationException">It does not name all of them.</exception>
    public static TestServers FromEnvironment() => new(
        new Uri(Required("LOCKS_TEST_RABBITMQ")), Required("LOCKS_TEST_POSTGRES"), Required("LOCKS_TEST_RABBITMQCTL"));

    /// <summary>Kills a server.</summary>
    public Task KillAsync(string name) => ServerProgram.RunAsync(Repository.PathOf("eng/services"), "kill", Folder, name);

    /// <summary>Starts a server that was killed, and waits until it serves.</summary>
    public Task ReviveAsync(string name) => ServerProgram.RunAsync(Repository.PathOf("eng/services"), "revive", Folder, name);

    /// <summary>Suspends all processes of a server: its connections stay open, and nothing answers on them.</summary>
    public Task SuspendAsync(string name) => ServerProgram.RunAsync(Repository.PathOf("eng/services"), "suspend", Folder, name);

    /// <summary>Lets the processes of a server that was suspended go on.</summary>
    public Task ResumeAsync(string name) => ServerProgram.RunAsync(Repository.PathOf("eng/services"), "resume", Folder, name);

    /// <summary>Fills the file system that the database is on.</summary>
    public FullDisk FillDatabaseDisk() => FullDisk.Fill(Path.Combine(Folder, "postgres"));

    /// <summary>Controls the broker, as rabbitmqctl does.</summary>
    /// <returns>What it prints.</returns>
    public Task<string> ControlBrokerAsync(params string[] arguments) => ServerProgram.RunAsync(BrokerControl, ["--quiet", .. arguments]);

    /// <summary>Closes all connections to the broker, as an administrator does.</summary>
    public Task CloseConnectionsAsync() => ControlBrokerAsync(
        "eval", "rabbit_networking:close_connections(rabbit_networking:connections(), <<\"closed by the scenario\">>).");

    /// <summary>What the broker still has of client processes of this program: their connections, and their temporary queues.</summary>
    /// <param name="processes">The numbers of the processes.</param>
    public async Task<IReadOnlyList<string>> LeftOfClientsAsync(IReadOnlyCollection<int> processes)
    {
        var connections = await ControlBrokerAsync("list_connections", "--no-table-headers", "name", "client_properties");
        var queues = await ControlBrokerAsync("list_queues", "--no-table-headers", "name");
        return
        [
            .. Lines(connections)
                .Where(line => processes.Any(id => line.Contains($"{{\"process_id\",\"{id}\"}}", StringComparison.Ordinal)))
                .Select(line => $"connection {line.Split('\t')[0]}"),
            .. Lines(queues).Where(line => line.Contains("LocksVerification", StringComparison.Ordinal)).Select(line => $"queue {line}"),
        ];
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Required(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set
        ? set
        : throw new InvalidOperationException(
            $"{variable} is not set. Start servers with 'eng/services start DIR' (an empty folder), and run '. DIR/env' before this.");
}
