using Locks.Client;
using Locks.IntegrationTests.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using Xunit;

namespace Locks.IntegrationTests.Server;

/// <summary>A database and a queue of a test's own, servers on them, and clients.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    private readonly PostgreSqlTestDatabase _database = new();
    private readonly string _queue = $"locks-{Guid.CreateVersion7():N}";
    private readonly List<IAsyncDisposable> _parts = [];

    /// <summary>The database, which has no tables yet.</summary>
    public PostgreSqlTestDatabase Database => _database;

    public static async Task<ServerFixture> CreateAsync()
    {
        var fixture = new ServerFixture();
        await fixture._database.InitializeAsync();
        return fixture;
    }

    /// <summary>What a server on this fixture is told.</summary>
    /// <param name="name">How its sessions in the database are called.</param>
    /// <param name="port">The port of the database, where it is another.</param>
    public Dictionary<string, string> Settings(string name = "server", int? port = null)
    {
        var connection = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { ApplicationName = name, Timeout = 5 };
        connection.Port = port ?? connection.Port;
        return new()
        {
            ["Locks__Broker"] = TestServices.RabbitMq.ToString(),
            ["Locks__Store"] = "PostgreSql",
            ["Locks__ConnectionString"] = connection.ConnectionString,
            ["Locks__QueueName"] = _queue,
        };
    }

    public async Task MigrateAsync()
    {
        var (exitCode, output) = await ServerProcess.RunAsync("migrate", Settings());
        Assert.True(exitCode == 0, output);
    }

    public ServerProcess StartServer(string name = "server", int? port = null) => Add(ServerProcess.Start(Settings(name, port)));

    /// <summary>A server that reads nothing but the common queue.</summary>
    public ServerProcess StartServerOnOneQueue(string name) => Add(ServerProcess.Start(new Dictionary<string, string>(Settings(name)) { ["Locks__Partitions"] = "0" }));

    /// <summary>A client that asks once: it never repeats a request, so one that got lost fails.</summary>
    public async Task<ILockClient> ConnectAsync()
    {
        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning))
            .AddMassTransit(bus => bus.UsingRabbitMq((_, rabbit) => rabbit.Host(TestServices.RabbitMq)))
            .AddLockClient(client =>
            {
                client.QueueName = _queue;
                client.RequestTimeout = TimeSpan.FromSeconds(50);
                client.ResendAfter = TimeSpan.FromMinutes(1);
            })
            .BuildServiceProvider();
        Add(services);
        await services.GetRequiredService<IBusControl>().StartAsync(TestContext.Current.CancellationToken);
        return services.GetRequiredService<ILockClient>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
        {
            if (part is ServiceProvider services)
                await services.GetRequiredService<IBusControl>().StopAsync(CancellationToken.None);
            await part.DisposeAsync();
        }

        await _database.DisposeAsync();
        await using var connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var name in new[] { _queue, $"{_queue}_error", $"{_queue}_skipped" })
        {
            await channel.QueueDeleteAsync(name);
            await channel.ExchangeDeleteAsync(name);
        }
    }

    private T Add<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }
}
