using Locks.Contracts.Catalogue;
using MassTransit;
using MassTransit.Configuration;

namespace Locks.Coordinator.Hosting;

/// <summary>
/// Has the coordinator's endpoint validate every command of the catalogue, take the commands on one lease one after another, and try again
/// what failed for the moment. Messages about sessions come to an endpoint of their own.
/// </summary>
internal sealed class CommandAdmission(
    IConsumePipeConfigurator pipe, DelayReports delays, IPartitioner leases, Retries retries) : ICommandVisitor
{
    public void VisitLockCommand<T>(LockCommandType<T> type)
        where T : class
    {
        Validate(type);
        retries.AddTo<T>(pipe);
    }

    public void VisitLeaseCommand<T>(LeaseCommandType<T> type)
        where T : class
    {
        Validate(type);
        delays.AddTo<T>(pipe);
        pipe.UsePartitioner<T>(leases, context => type.LeaseIdOf(context.Message));
        retries.AddTo<T>(pipe);
    }

    public void VisitSessionCommand<T>(SessionCommandType<T> type)
        where T : class
    {
    }

    /// <summary>Queries come to an endpoint of their own.</summary>
    public void VisitQuery<T>(QueryType<T> type)
        where T : class
    {
    }

    private void Validate<T>(CommandType<T> type)
        where T : class =>
        pipe.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<T>>(new ValidationFilter<T>(type)));
}
