using MassTransit;

namespace Locks.Transport.Isolation;

/// <summary>
/// Configures the isolated pipes of a coordinator's endpoints for commands and for queries, ahead of the coordinator's own filters; for the
/// test kit.
/// </summary>
internal interface IConfigureIsolatedPipe
{
    void Configure(string queueName, IConsumePipeConfigurator pipe);
}
