using System.Globalization;
using Locks.Failpoints;
using Locks.Histories.Records;
using Locks.TestKit;
using Locks.Verification.Clients;
using Locks.Verification.Processes;
using Locks.Verification.Scenarios;
using Locks.Verification.Servers;
using Npgsql;

namespace Locks.Verification.Running;

/// <summary>The processes and the database of one run. Disposing ends all of them, and leaves nothing but the history.</summary>
internal sealed class ScenarioRun : IAsyncDisposable
{
    private const int LoadClients = 2;
    private const int CallersOfAClient = 8;

    // What SIGKILL leaves as exit code.
    private const int KilledExitCode = 128 + 9;

    private readonly RunSettings _settings;
    private readonly string _folder;
    private readonly string _queue = $"locks-{Guid.CreateVersion7():N}";
    private readonly HistoryWriter _history;
    private readonly List<CoordinatorProcess> _coordinators = [];
    private readonly List<ClientProcess> _clients = [];
    private readonly List<ChildProcess> _processes = [];
    private readonly GrantWatch _watch;
    private readonly Dictionary<(string Process, string Server), TcpGate> _gates = [];
    private readonly Dictionary<string, ProcessClock> _clocks = [];
    private VerificationDatabase _database = null!;
    private BrokerNodes? _nodes;

    private ScenarioRun(TestServers servers, RunSettings settings, string folder)
    {
        (Servers, _settings, _folder) = (servers, settings, folder);
        _history = new HistoryWriter(Path.Combine(folder, "faults.jsonl"), "faults");
        _watch = new GrantWatch(folder);
        Faults = new FaultLog(_history);
        Random = new Random(settings.Seed);
    }

    /// <summary>The broker and the database server.</summary>
    public TestServers Servers { get; }

    /// <summary>The nodes of the broker, in a scenario with a cluster of its own.</summary>
    public BrokerNodes Nodes => _nodes!;

    /// <summary>The database of the locks, and the resource.</summary>
    public VerificationDatabase Database => _database;

    /// <summary>What was done to processes and servers.</summary>
    public FaultLog Faults { get; }

    /// <summary>Decides what the seed has to decide.</summary>
    public Random Random { get; }

    /// <summary>Whether a client has a deliberate defect, for locks with the key <see cref="CommandedCaller.ControlKey"/>.</summary>
    public bool HasControl => _settings.Control != ClientControl.None;

    private string FirstVersion => _settings.Older ?? Repository.Root;

    /// <summary>The coordinators that run.</summary>
    public IReadOnlyList<CoordinatorProcess> Coordinators => _coordinators;

    /// <summary>The clients whose callers use locks all the time.</summary>
    public IReadOnlyList<ClientProcess> Clients => _clients;

    /// <summary>What was in use after each round of a scenario that has rounds.</summary>
    public List<ResourceUse> Uses { get; } = [];

    /// <summary>How long after the end of the load all locks were free.</summary>
    public TimeSpan FreeAfter { get; private set; }

    /// <summary>The coordinators' queue.</summary>
    public string Queue => _queue;

    /// <summary>Starts everything but the load.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="settings">What is run.</param>
    /// <param name="folder">Where the history is written.</param>
    public static async Task<ScenarioRun> StartAsync(TestServers servers, RunSettings settings, string folder)
    {
        var run = new ScenarioRun(servers, settings, folder);
        try
        {
            if (settings.Scenario.BrokerNodes > 0)
                run._nodes = await BrokerNodes.StartAsync(servers.Folder, settings.Scenario.BrokerNodes);
            run._database = new VerificationDatabase(servers.Postgres);
            await run._database.MigrateAsync(run.FirstVersion);
            await run._database.Resource.CreateAsync([.. LoadCaller.Keys, CommandedCaller.ControlKey]);
            run._clients.Add(run.NewClient(run.FirstVersion));
            while (run._clients.Count < LoadClients)
                run._clients.Add(run.NewClient(Repository.Root));
            await Task.WhenAll(
                Enumerable.Range(0, settings.Scenario.Coordinators).Select(_ => run.StartCoordinatorAsync(run.FirstVersion)));
            await Task.WhenAll(run._clients.Select(client => client.FirstLine));
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>The way of a process to a server, in a scenario with gates.</summary>
    /// <param name="process">What the process is called in the history.</param>
    /// <param name="server">The server's name.</param>
    public TcpGate GateBetween(string process, string server) => _gates[(process, server)];

    /// <summary>Sets the wall clock of a process to any time within minutes of the right one, in a scenario with such clocks.</summary>
    /// <param name="process">What the process is called in the history.</param>
    public void SetClockOf(string process) => _clocks[process].Set(WrongByMinutes());

    /// <summary>Brings the tables to the form of this version, as the first step of an upgrade.</summary>
    public Task MigrateAsync() => _database.MigrateAsync(Repository.Root);

    /// <summary>Starts a coordinator, and waits until it grants locks.</summary>
    public Task StartCoordinatorAsync() => StartCoordinatorAsync(Repository.Root);

    /// <summary>Starts one more coordinator, and waits until it has died at a failpoint.</summary>
    /// <param name="point">The failpoint.</param>
    /// <param name="times">How many times it comes there.</param>
    public async Task<FaultLog.Fault> RunUntilItDiesAsync(Failpoint point, int times)
    {
        var coordinator = NewCoordinator(Repository.Root, [$"{point}", times.ToString(CultureInfo.InvariantCulture)]);
        if (await coordinator.ExitAsync() is var code and not KilledExitCode)
            Report(coordinator.Name, $"ended with {code}");
        return Faults.Begin($"coordinator died {point}", coordinator.Name, FaultKind.Killed);
    }

    private async Task StartCoordinatorAsync(string clone)
    {
        var coordinator = NewCoordinator(clone);
        _coordinators.Add(coordinator);
        await coordinator.WhenReadyAsync();
    }

    /// <param name="clone">The clone whose server it is.</param>
    /// <param name="failpoint">The arguments that give it a failpoint. Default: the server itself.</param>
    private CoordinatorProcess NewCoordinator(string clone, IEnumerable<string>? failpoint = null)
    {
        var name = $"coordinator-{_processes.OfType<CoordinatorProcess>().Count() + 1}";
        var brokers = BrokersOf(name);
        var settings = new Dictionary<string, string>
        {
            ["Locks__Broker"] = $"{brokers[0]}".Replace(brokers[0].Authority, string.Join(',', brokers.Select(broker => broker.Authority)), StringComparison.Ordinal),
            ["Locks__Store"] = _settings.Scenario.IsOnSqlite ? "Sqlite" : "PostgreSql",
            ["Locks__ConnectionString"] = _settings.Scenario.IsOnSqlite ? Path.Combine(_folder, "locks.db") : DatabaseOf(name),
            ["Locks__QueueName"] = _queue,
        };
        if (_nodes is not null)
            settings["Locks__Durability"] = "Quorum";
        if (_settings.Scenario.MaxWaiters is { } waiters)
            settings["Locks__Limits__MaxWaiters"] = waiters.ToString(CultureInfo.InvariantCulture);
        var start = failpoint is null
            ? BuiltServer.StartInfoIn(clone, settings)
            : BuiltServer.StartInfoOf(Repository.ProgramIn(clone, "tests/Locks.FailpointServer"), settings, failpoint);
        return Add(new CoordinatorProcess(name, ClockOf(name)?.Give(start) ?? start));
    }

    /// <summary>Kills a coordinator (SIGKILL).</summary>
    public FaultLog.Fault Kill(CoordinatorProcess coordinator)
    {
        var fault = Faults.Begin("coordinator killed", coordinator.Name, FaultKind.Killed);
        coordinator.Kill();
        _coordinators.Remove(coordinator);
        return fault;
    }

    /// <summary>Stops a coordinator in good order (SIGTERM), and waits until it has ended.</summary>
    public async Task<FaultLog.Fault> StopAsync(CoordinatorProcess coordinator)
    {
        var fault = Faults.Begin("coordinator stopped", coordinator.Name);
        _coordinators.Remove(coordinator);
        if (await coordinator.TerminateAsync() is var code and not 0)
            Report(coordinator.Name, $"ended with {code}");
        return fault;
    }

    /// <summary>Suspends a client (SIGSTOP).</summary>
    public Task<FaultLog.Fault> SuspendAsync(ClientProcess client) => SuspendAsync("client suspended", client.Name, client);

    /// <summary>Suspends a coordinator (SIGSTOP).</summary>
    public Task<FaultLog.Fault> SuspendAsync(CoordinatorProcess coordinator) =>
        SuspendAsync("coordinator suspended", coordinator.Name, coordinator);

    /// <summary>Kills a client (SIGKILL).</summary>
    public FaultLog.Fault Kill(ClientProcess client)
    {
        var fault = Faults.Begin("client killed", client.Name, FaultKind.Killed);
        client.Kill();
        _clients.Remove(client);
        return fault;
    }

    /// <summary>The client that faults meet: a new one, if the one before was killed. The first client is spared.</summary>
    public async Task<ClientProcess> VictimAsync()
    {
        await StartClientsAsync();
        return _clients[^1];
    }

    /// <summary>Starts clients in the place of those that were killed.</summary>
    public async Task StartClientsAsync()
    {
        var started = Enumerable.Range(0, LoadClients - _clients.Count).Select(_ => NewClient(Repository.Root)).ToList();
        _clients.AddRange(started);
        await Task.WhenAll(started.Select(client => client.FirstLine));
        await Task.WhenAll(started.Select(client => client.DoAsync(ClientProgram.Start)));
    }

    /// <summary>Something is there that may not be.</summary>
    public void Report(string what, string state) => _history.Write(NewRecord(RecordKind.Stays) with { Key = what, Text = state });

    /// <summary>Starts the load, and waits until each key is granted time and again.</summary>
    /// <exception cref="TimeoutException">That takes longer than the limit.</exception>
    public async Task StartLoadAsync(TimeSpan limit)
    {
        var begun = HistoryWriter.Now;
        await Task.WhenAll(_clients.Select(client => client.DoAsync(ClientProgram.Start)));
        await _watch.WhenNormalAfterAsync(begun, limit);
    }

    /// <summary>Waits until each key is granted as before the last fault.</summary>
    /// <exception cref="TimeoutException">That takes longer than the limit.</exception>
    public Task WhenNormalAsync(TimeSpan limit) => _watch.WhenNormalAfterAsync(Faults.EndedAt, limit);

    /// <summary>
    /// Ends the load, and every client but one; that one looks until all locks are free, and ends. Records what is not free then, and what
    /// the resource has accepted.
    /// </summary>
    /// <param name="limit">How long to look.</param>
    public async Task EndAsync(TimeSpan limit)
    {
        await Task.WhenAll(_clients.Select(client => client.DoAsync(ClientProgram.End)));
        foreach (var client in _clients.Skip(1))
            await EndAsync(client);

        var answer = "";
        var ended = HistoryWriter.Now;
        try
        {
            await Eventually.HoldsAsync(async () => (answer = await _clients[0].DoAsync(ClientProgram.List)) == "FREE", limit);
        }
        catch (TimeoutException)
        {
            foreach (var left in answer.Split(' ').Skip(1))
            {
                var (key, state) = left.Split('=', 2) is [var name, var rest] ? (name, rest) : (left, "unknown");
                Report(key, state);
            }
        }

        FreeAfter = TimeSpan.FromMicroseconds((HistoryWriter.Now - ended) / 1e3);
        await EndAsync(_clients[0]);
        foreach (var (key, version, fence, process, call) in await _database.Resource.ReadAsync())
        {
            var record = NewRecord(RecordKind.Accepted) with { Process = process, Call = call };
            _history.Write(record with { Key = key, Version = version, Fence = fence });
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
            await process.DisposeAsync();
        // For those who look for the cause of what was found.
        foreach (var coordinator in _processes.OfType<CoordinatorProcess>())
            await File.WriteAllLinesAsync(Path.Combine(_folder, $"{coordinator.Name}.log"), coordinator.Printed);
        _history.Dispose();
        foreach (var gate in _gates.Values)
            await gate.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        if (_nodes is not null)
            await _nodes.DisposeAsync();
        else
            await BrokerObjects.RemoveAsync(Servers.Broker, _queue);
    }

    /// <summary>The wall clock of a process that is started, if it has one of its own.</summary>
    private ProcessClock? ClockOf(string process) => _settings.Scenario.HasClocks
        ? _clocks[process] = new ProcessClock(Path.Combine(_folder, $"{process}.clock"), WrongByMinutes())
        : null;

    private TimeSpan WrongByMinutes() => ClockScenarios.MostWrong * ((Random.NextDouble() * 2) - 1);

    /// <summary>The addresses by which a process reaches the broker.</summary>
    private IReadOnlyList<Uri> BrokersOf(string process)
    {
        if (_nodes is not null)
            return _nodes.Addresses;
        if (!_settings.Scenario.HasGates)
            return [Servers.Broker];

        _gates[(process, TestServers.RabbitMq)] = TcpGate.OpenTo(Servers.Broker, out var through);
        return [through];
    }

    /// <summary>The connection string by which a coordinator reaches the database.</summary>
    private string DatabaseOf(string process)
    {
        if (!_settings.Scenario.HasGates)
            return _database.ConnectionString;

        var database = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        _gates[(process, TestServers.PostgreSql)] = TcpGate.OpenTo(new Uri($"tcp://{database.Host}:{database.Port}"), out var through);
        (database.Host, database.Port) = (through.Host, through.Port);
        return database.ConnectionString;
    }

    private async Task<FaultLog.Fault> SuspendAsync(string what, string name, ChildProcess process)
    {
        var fault = Faults.Begin(what, name, FaultKind.Stopped);
        await process.SuspendAsync();
        return fault;
    }

    private static async Task EndAsync(ClientProcess client)
    {
        await client.SendLineAsync(ClientProgram.Stop);
        await client.ExitAsync();
    }

    private HistoryRecord NewRecord(RecordKind kind) => new() { At = HistoryWriter.Now, Process = _history.Process, Kind = kind };

    private ClientProcess NewClient(string clone)
    {
        var number = _processes.OfType<ClientProcess>().Count() + 1;
        var name = $"client-{number}";
        return Add(new ClientProcess(clone, new ClientSettings(
            name,
            BrokersOf(name),
            _queue,
            _database.ConnectionString,
            Path.Combine(_folder, $"{name}.jsonl"),
            CallersOfAClient,
            (_settings.Seed * 100) + number,
            _settings.Control), ClockOf(name)));
    }

    private T Add<T>(T process)
        where T : ChildProcess
    {
        _processes.Add(process);
        return process;
    }
}
