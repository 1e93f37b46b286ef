using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Locks.Client;
using Locks.TestKit;
using Locks.Transport.RabbitMq;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RabbitMQ.Client;
using Xunit;

namespace Locks.IntegrationTests.Security;

/// <summary>
/// A RabbitMQ node and a PostgreSQL cluster that demand TLS, beside those that all tests share. They start when the first test asks for them.
/// </summary>
public sealed class TlsServers : IAsyncLifetime
{
    private static readonly string Services = Repository.PathOf("eng/services");

    // Within the folder of the servers that all tests share: whoever stops those stops these, too, should this process be killed.
    private readonly string _folder = Path.Combine(Path.GetDirectoryName(TestServices.RabbitMqControl)!, $"tls-{Guid.CreateVersion7():N}");
    private readonly List<TestAuthority> _authorities = [];
    private Dictionary<string, string>? _addresses;
    private LeastUsers? _leastUsers;

    /// <summary>The broker, whose user is the administrator.</summary>
    public Uri Broker => new(_addresses!["rabbitmq"]);

    /// <summary>A file with the certificate of the authority of both servers.</summary>
    public string Authority => _authorities[0].File;

    /// <summary>A file with the certificate of an authority that issued nothing here.</summary>
    public string OtherAuthority => _authorities[1].File;

    private string Certificates => $"{_folder}-certificates";

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts the servers, unless they run.</summary>
    public async Task<TlsServers> StartedAsync()
    {
        if (_addresses is not null)
            return this;

        Directory.CreateDirectory(Certificates);
        _authorities.AddRange([new TestAuthority(Certificates, "ca"), new TestAuthority(Certificates, "other")]);
        _authorities[0].Issue("server", "servers of the tests", IPAddress.Loopback);
        var lines = await ServerProgram.RunAsync(Services, "tls", _folder, Certificates);
        _addresses = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .ToDictionary(line => line[0], line => line[1]);
        return this;
    }

    /// <summary>A coordinator and clients with the least permissions; they start when the first test asks for them.</summary>
    internal async Task<LeastUsers> LeastUsersAsync() => _leastUsers ??= await LeastUsers.StartAsync(await StartedAsync());

    /// <summary>The database, for one who trusts an authority.</summary>
    public string DatabaseFor(string authority) => new NpgsqlConnectionStringBuilder(_addresses!["postgres"])
    {
        SslMode = SslMode.VerifyFull,
        RootCertificate = authority,
        Timeout = 5,
    }.ConnectionString;

    /// <summary>Issues a certificate to a client.</summary>
    public (string Certificate, string Key) Issue(string subject) => _authorities[0].Issue($"client-{Guid.CreateVersion7():N}", subject);

    /// <summary>The broker, for another user.</summary>
    public Uri BrokerFor(string user) => new UriBuilder(Broker) { UserName = user, Password = user }.Uri;

    /// <summary>Has a bus use TLS, and trust the authority of the servers and no other.</summary>
    public void Trust(IRabbitMqHostConfigurator host) => host.UseSsl(ssl =>
    {
        ssl.ServerName = IPAddress.Loopback.ToString();
        ssl.Protocol = SslProtocols.None;
        ssl.CertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors);
    });

    /// <summary>Starts a process's bus, with a lock client; it may not be able to connect.</summary>
    /// <param name="broker">The broker, with the user.</param>
    /// <param name="queue">The coordinators' queue.</param>
    /// <param name="connect">Whom it trusts; the authority of the servers if that is not said.</param>
    /// <param name="configure">The client's options.</param>
    public async Task<IHost> StartClientAsync(
        Uri broker, string queue, Action<IRabbitMqHostConfigurator>? connect = null, Action<LockClientOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services
            .AddLockClient(options =>
            {
                options.QueueName = queue;
                configure?.Invoke(options);
            })
            .AddMassTransit(bus => bus.UsingRabbitMq((_, rabbit) => rabbit.Host(broker, host => (connect ?? Trust)(host))));
        var client = builder.Build();
        await client.StartAsync(TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>What a client is told that can't connect.</summary>
    /// <param name="broker">The broker, with the user.</param>
    /// <param name="connect">Whom the client trusts.</param>
    public static async Task<string> FailureAsync(Uri broker, Action<IRabbitMqHostConfigurator> connect)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddLockClient(options => options.RequestTimeout = TimeSpan.FromSeconds(5))
            .AddMassTransit(bus => bus.UsingRabbitMq((_, rabbit) => rabbit.Host(broker, host => connect(host))))
            .BuildServiceProvider();
        using var stop = new CancellationTokenSource();
        Task starting = services.GetRequiredService<IBusControl>().StartAsync(stop.Token);

        var refused = await Assert.ThrowsAsync<LockUnavailableException>(
            () => services.GetRequiredService<ILockClient>().TryAcquireAsync("a", cancellationToken: TestContext.Current.CancellationToken));

        // A bus that never connected takes a minute to stop, and it is not disposed of for the same reason.
        await stop.CancelAsync();
        await starting.WaitAsync(TimeSpan.FromSeconds(3), TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return refused.Message;
    }

    /// <summary>Connects a user as a program does that knows nothing of locks.</summary>
    public Task<IConnection> ConnectAsync(string user) => new ConnectionFactory
    {
        Uri = BrokerFor(user),
        Ssl = new SslOption(Broker.Host, enabled: true)
        {
            CertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors),
        },
    }.CreateConnectionAsync(TestContext.Current.CancellationToken);

    /// <summary>Controls the broker, as rabbitmqctl does.</summary>
    /// <returns>What it prints.</returns>
    public Task<string> ControlAsync(params string[] arguments) =>
        ServerProgram.RunAsync(Path.Combine(_folder, "rabbitmqctl"), ["--quiet", .. arguments]);

    /// <summary>Adds users, whose passwords are their names, with permissions in the virtual host <c>/</c>.</summary>
    // One call for all: each starts a virtual machine.
    internal Task AddUsersAsync(params (string Name, Permissions Permissions)[] users) => ControlAsync("eval", string.Join(", ", users.Select(user =>
    {
        var name = Binary(user.Name);
        var patterns = $"{Binary(user.Permissions.Configure)}, {Binary(user.Permissions.Write)}, {Binary(user.Permissions.Read)}";
        return $"rabbit_auth_backend_internal:add_user({name}, {name}, <<\"test\">>), "
            + $"rabbit_auth_backend_internal:set_permissions({name}, <<\"/\">>, {patterns}, <<\"test\">>)";
    })) + ".");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_leastUsers is not null)
            await _leastUsers.DisposeAsync();
        _authorities.ForEach(authority => authority.Dispose());
        if (_addresses is not null)
            await ServerProgram.RunAsync(Services, "stop", _folder);
        if (Directory.Exists(Certificates))
            Directory.Delete(Certificates, recursive: true);
    }

    private static string Binary(string text) => $"<<\"{text.Replace(@"\", @"\\", StringComparison.Ordinal)}\">>";

    private bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && chain.Build((X509Certificate2)certificate!);
    }
}

/// <summary>Tests over TLS share the servers, and run one after another.</summary>
[CollectionDefinition(nameof(TlsServers))]
public sealed class TlsServersTests : ICollectionFixture<TlsServers>;
