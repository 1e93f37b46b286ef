using Locks.Contracts.Catalogue;
using MassTransit;
using MassTransit.Configuration;

namespace Locks.Coordinator.Hosting;

/// <summary>
/// Has the coordinator's endpoint validate every command of the catalogue, and take the commands on one lease one after another. Messages
/// about sessions come to an endpoint of their own.
/// </summary>
internal sealed class CommandAdmission(IReceiveEndpointConfigurator endpoint, IPartitioner leases, TimeProvider time) : ICommandVisitor
{
    public void VisitLockCommand<T>(LockCommandType<T> type)
        where T : class => Validate(type);

    public void VisitLeaseCommand<T>(LeaseCommandType<T> type)
        where T : class
    {
        Validate(type);
        endpoint.UsePartitioner<T>(leases, context => type.LeaseIdOf(context.Message));
    }

    public void VisitSessionCommand<T>(SessionCommandType<T> type)
        where T : class
    {
    }

    private void Validate<T>(CommandType<T> type)
        where T : class =>
        endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<T>>(new ValidationFilter<T>(type, time)));
}
