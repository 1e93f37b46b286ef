using System.Net.Security;
using System.Security.Authentication;
using MassTransit;

namespace Locks.Server.Configuration;

/// <summary>Gives the bus the configured broker.</summary>
internal static class BrokerSelection
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    // An attempt that the network has swallowed must end before the next one can begin.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Gives the bus a broker. With TLS, its certificate has to be trusted and issued to the host in the address.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="configureTls">What is expected and shown otherwise, where there is TLS.</param>
    public static void UseBroker(
        this IBusRegistrationConfigurator bus, BrokerAddress broker, Action<IServiceProvider, IRabbitMqSslConfigurator>? configureTls = null)
    {
        if (broker == BrokerAddress.InMemory)
        {
            bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
            return;
        }

        bus.UsingRabbitMq((context, rabbit) =>
        {
            rabbit.Host(broker.Host, broker.Port, broker.VirtualHost, host =>
            {
                host.Username(broker.User);
                host.Password(broker.Password);
                // A dead connection keeps its queues' single active consumer until the broker has missed two of these. RabbitMQ's 60 s are too long.
                host.Heartbeat(Heartbeat);
                host.RequestedConnectionTimeout(ConnectTimeout);
                host.ContinuationTimeout(AnswerTimeout);
                if (broker.OtherNodes.Length > 0)
                    host.UseCluster(cluster => broker.Nodes.ToList().ForEach(cluster.Node));
                if (!broker.Tls)
                    return;

                host.UseSsl(tls =>
                {
                    tls.ServerName = broker.Host;
                    // The best that both sides can do, as the system has it.
                    tls.Protocol = SslProtocols.None;
                    // Which MassTransit accepts otherwise: a certificate of any issuer.
                    tls.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors);
                    configureTls?.Invoke(context, tls);
                });
            });
            rabbit.ConfigureEndpoints(context);
        });
    }
}
