using System.Net;
using System.Net.Security;
using Locks.Client;
using Locks.IntegrationTests.Protocol;
using Locks.IntegrationTests.Server;
using Locks.Transport;
using Locks.Transport.RabbitMq;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.Security;

/// <summary>Clients, coordinators and <c>Locks.Server</c> with a broker and a database that demand TLS.</summary>
[Collection(nameof(TlsServers))]
public sealed class TlsTests(TlsServers shared)
{
    private const int Limit = 120_000;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task ClientsAndCoordinators_AreServedOverTls_OnEveryConnection()
    {
        var servers = await shared.StartedAsync();
        await using var fixture = new RabbitMqLockFixture { Broker = servers.Broker, ConnectionSettings = servers.Trust };
        await fixture.StartAsync();
        using var host = await servers.StartClientAsync(servers.Broker, fixture.QueueName);
        var client = host.Services.GetRequiredService<ILockClient>();

        await using var held = await client.TryAcquireAsync("a", Lease, Cancel);
        Assert.True(await held!.RenewAsync(cancellationToken: Cancel));
        Assert.Equal("Held", (await client.DescribeAsync("a", Cancel)).State);

        var connections = (await servers.ControlAsync("list_connections", "--no-table-headers", "ssl"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // The fixture's; and the bus's and the locks' own, of the client and of the coordinator.
        Assert.InRange(connections.Length, 5, int.MaxValue);
        Assert.All(connections, ssl => Assert.Equal("true", ssl));
    }

    [Fact(Timeout = Limit)]
    public async Task AClientThatDoesNotTrustTheBroker_SendsNothing_AndSaysWhy()
    {
        var servers = await shared.StartedAsync();

        var told = await TlsServers.FailureAsync(servers.Broker, host => host.UseSsl(
            ssl => ssl.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors)));

        Assert.Contains("This process has no connection to the broker at ", told, StringComparison.Ordinal);
        Assert.Contains("certificate", told, StringComparison.OrdinalIgnoreCase);
    }

    [Fact(Timeout = Limit)]
    public async Task WithoutTls_TheBrokerTakesNoConnection()
    {
        var servers = await shared.StartedAsync();

        var told = await TlsServers.FailureAsync(new UriBuilder(servers.Broker) { Scheme = "amqp" }.Uri, _ => { });

        Assert.Contains("This process has no connection to the broker at ", told, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task TheServer_SignsInWithItsCertificate_AndServesFromAStoreOverTls()
    {
        var servers = await shared.StartedAsync();
        var settings = Settings(servers, servers.Authority);
        await servers.AddUsersAsync(("locks-server", Permissions.Of(LockRole.Coordinator, settings["Locks__QueueName"])));
        var (certificate, key) = servers.Issue("locks-server");
        settings["Locks__BrokerTls__CertificateFile"] = certificate;
        settings["Locks__BrokerTls__KeyFile"] = key;
        settings["Locks__BrokerTls__SignInWithCertificate"] = "true";
        var (exitCode, output) = await ServerProcess.RunAsync("migrate", settings);
        Assert.True(exitCode == 0, output);

        await using var server = ServerProcess.Start(settings);
        await server.WhenReadyAsync();

        using var host = await servers.StartClientAsync(servers.Broker, settings["Locks__QueueName"]);
        await using var held = await host.Services.GetRequiredService<ILockClient>().TryAcquireAsync("a", Lease, Cancel);
        Assert.NotNull(held);
        var users = await servers.ControlAsync("list_connections", "--no-table-headers", "user", "auth_mechanism");
        Assert.Contains("locks-server\tEXTERNAL", users, StringComparison.Ordinal);
        Assert.True((bool)(await ExecuteAsync(
            servers.DatabaseFor(servers.Authority),
            "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'locks-server'"))!);
        Assert.Equal(0, await server.TerminateAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task AServerThatDoesNotTrustTheBroker_IsNotReady_AndSaysWhyAndWhatToSet()
    {
        var servers = await shared.StartedAsync();
        var settings = Settings(servers, servers.OtherAuthority);
        (settings["Locks__Store"], settings["Locks__ConnectionString"]) = ("InMemory", "");

        await using var server = ServerProcess.Start(settings);

        await server.WhenLoggedAsync(
            "The broker's certificate (subject CN=servers of the tests, issuer CN=Test authority ca) is refused: UntrustedRoot.");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.ReadinessAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task AServerThatExpectsAnotherName_SaysSo()
    {
        var servers = await shared.StartedAsync();
        var settings = Settings(servers, servers.Authority);
        (settings["Locks__Store"], settings["Locks__ConnectionString"]) = ("InMemory", "");
        settings["Locks__BrokerTls__ServerName"] = "broker.example";

        await using var server = ServerProcess.Start(settings);

        await server.WhenLoggedAsync("is refused: it is not issued to 'broker.example'.");
    }

    [Fact(Timeout = Limit)]
    public async Task ADatabaseThatIsNotTrusted_IsNotUsed()
    {
        var servers = await shared.StartedAsync();

        var (exitCode, output) = await ServerProcess.RunAsync("migrate", new Dictionary<string, string>
        {
            ["Locks__Store"] = "PostgreSql",
            ["Locks__ConnectionString"] = servers.DatabaseFor(servers.OtherAuthority),
        });

        Assert.Equal(1, exitCode);
        Assert.Contains("certificate", output, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Settings(TlsServers servers, string authority) => new()
    {
        ["Locks__Broker"] = servers.Broker.ToString(),
        ["Locks__BrokerTls__AuthorityFile"] = authority,
        ["Locks__Store"] = "PostgreSql",
        ["Locks__ConnectionString"] =
            new NpgsqlConnectionStringBuilder(servers.DatabaseFor(authority)) { ApplicationName = "locks-server" }.ConnectionString,
        ["Locks__QueueName"] = $"locks-{Guid.CreateVersion7():N}",
    };

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
