using Locks.Coordinator.Machine;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Hosting;

/// <summary>Single messages come to the coordinator's endpoint; <see cref="CoordinatorEndpoint"/> says what passes there.</summary>
internal sealed class LockSagaDefinition : SagaDefinition<LockSaga>
{
    public LockSagaDefinition(IOptions<LockCoordinatorOptions> options)
    {
        EndpointName = options.Value.QueueName;
        ConcurrentMessageLimit = options.Value.ConcurrentRequests;
    }
}
