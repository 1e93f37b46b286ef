using Locks.Coordinator.Machine;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Hosting;

/// <summary>Leases share the locks' endpoint; <see cref="LockSagaDefinition"/> says what passes there.</summary>
internal sealed class LeaseSagaDefinition : SagaDefinition<LeaseSaga>
{
    public LeaseSagaDefinition(IOptions<LockCoordinatorOptions> options)
    {
        EndpointName = options.Value.QueueName;
        ConcurrentMessageLimit = options.Value.ConcurrentRequests;
    }
}
