using MassTransit;

namespace Locks.Server.Configuration;

/// <summary>Gives the bus the configured broker.</summary>
internal static class BrokerSelection
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    // An attempt that the network has swallowed must end before the next one can begin.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    public static void UseBroker(this IBusRegistrationConfigurator bus, BrokerAddress broker)
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
                if (broker.Tls)
                    host.UseSsl(tls => tls.ServerName = broker.Host);
            });
            rabbit.ConfigureEndpoints(context);
        });
    }
}
