using System.Net.Sockets;
using System.Text;
using Locks.Benchmarks.Command;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Locks.Benchmarks.Servers;

/// <summary>What the servers say about themselves.</summary>
/// <param name="RabbitMq">The broker's version.</param>
/// <param name="PostgreSql">The database server's version.</param>
/// <param name="Fsync">Whether a commit waits for the disk: the settings <c>fsync</c> and <c>synchronous_commit</c>.</param>
/// <param name="Peers">Those of other locks: name, version and settings of each.</param>
internal sealed record ServerVersions(string RabbitMq, string PostgreSql, string Fsync, IReadOnlyList<string> Peers)
{
    /// <summary>Asks all, which also shows that they are there.</summary>
    /// <exception cref="CannotStartException">One is not.</exception>
    public static async Task<ServerVersions> AskAsync(BenchmarkServers servers, CancellationToken cancellationToken)
    {
        var broker = await AskBrokerAsync(servers.Broker, cancellationToken);
        var (version, fsync) = await AskStoreAsync(servers.Store, cancellationToken);
        var peers = servers.Peers is null ? [] : await servers.Peers.AskVersionsAsync(cancellationToken);
        return new ServerVersions(broker, version, fsync, peers);
    }

    private static async Task<string> AskBrokerAsync(Uri broker, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(cancellationToken);
            return connection.ServerProperties?["version"] is byte[] version ? Encoding.UTF8.GetString(version) : "unknown";
        }
        catch (BrokerUnreachableException exception)
        {
            throw new CannotStartException(
                $"There is no RabbitMQ to talk to at {broker.Authority}: {exception.GetBaseException().Message}", exception);
        }
    }

    private static async Task<(string Version, string Fsync)> AskStoreAsync(string store, CancellationToken cancellationToken)
    {
        try
        {
            await using var dataSource = NpgsqlDataSource.Create(store);
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                "SELECT 'fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit')", connection);
            return (connection.PostgreSqlVersion.ToString(), (string)(await command.ExecuteScalarAsync(cancellationToken))!);
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException)
        {
            var at = new NpgsqlConnectionStringBuilder(store);
            throw new CannotStartException($"There is no PostgreSQL to talk to at {at.Host}:{at.Port}: {exception.Message}", exception);
        }
    }
}
