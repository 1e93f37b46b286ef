using MassTransit;

namespace Locks.Transport.Isolation;

/// <summary>Configures the isolated pipe of a coordinator's common endpoint, and that of queries, ahead of the coordinator's own filters; for the test kit.</summary>
internal interface IConfigureIsolatedPipe
{
    void Configure(string queueName, IConsumePipeConfigurator pipe);
}
