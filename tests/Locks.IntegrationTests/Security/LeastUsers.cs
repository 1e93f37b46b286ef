using Locks.IntegrationTests.Protocol;
using Locks.Transport;
using Locks.Transport.RabbitMq;

namespace Locks.IntegrationTests.Security;

/// <summary>A coordinator and the bus of clients, whose users have the permissions of docs/operations.md and no others.</summary>
internal sealed class LeastUsers : IAsyncDisposable
{
    /// <summary>The clients' user.</summary>
    public const string Client = "least-client";

    /// <summary>The coordinators' user.</summary>
    public const string Coordinator = "least-coordinator";

    /// <summary>A user that may do nothing.</summary>
    public const string Nothing = "least-nothing";

    private LeastUsers(TlsServers servers) => Fixture = new RabbitMqLockFixture
    {
        Broker = servers.BrokerFor(Client),
        BrokerOfCoordinators = servers.BrokerFor(Coordinator),
        ConnectionSettings = servers.Trust,
    };

    /// <summary>Its queue's name is in the place of <c>locks</c>.</summary>
    public RabbitMqLockFixture Fixture { get; }

    public static async Task<LeastUsers> StartAsync(TlsServers servers)
    {
        var users = new LeastUsers(servers);
        await servers.AddUsersAsync(
            (Client, Permissions.Of(LockRole.Client, users.Fixture.QueueName)),
            (Coordinator, Permissions.Of(LockRole.Coordinator, users.Fixture.QueueName)),
            (Nothing, new Permissions("^$", "^$", "^$")));
        await users.Fixture.StartAsync();
        return users;
    }

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();
}
