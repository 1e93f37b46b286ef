using Locks.Coordinator.Inbound;
using Locks.Coordinator.Pipeline;
using MassTransit;
using MassTransit.Configuration;

namespace Locks.Coordinator.Hosting;

/// <summary>Has an endpoint tell clients that their messages wait for the store.</summary>
internal sealed class DelayReports(ReplySender sender, StoreFailures failures, TimeProvider time)
{
    public void AddTo<T>(IConsumePipeConfigurator pipe)
        where T : class =>
        pipe.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<T>>(new DelayReportFilter<T>(sender, failures, time)));
}
