using Locks.Contracts.Catalogue;
using Locks.Coordinator.Hosting;
using MassTransit;
using MassTransit.Configuration;

namespace Locks.Coordinator.Inspect;

/// <summary>Has an endpoint validate every query of the catalogue, and try again what the store could not serve for the moment.</summary>
internal sealed class QueryAdmission(IConsumePipeConfigurator pipe, DelayReports delays, Retries retries) : ICommandVisitor
{
    public void VisitQuery<T>(QueryType<T> type)
        where T : class
    {
        pipe.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<T>>(new ValidationFilter<T>(type)));
        delays.AddTo<T>(pipe);
        retries.AddTo<T>(pipe);
    }

    public void VisitLockCommand<T>(LockCommandType<T> type)
        where T : class
    {
    }

    public void VisitLeaseCommand<T>(LeaseCommandType<T> type)
        where T : class
    {
    }

    public void VisitSessionCommand<T>(SessionCommandType<T> type)
        where T : class
    {
    }
}
