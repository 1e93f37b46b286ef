using Locks.Contracts;
using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.Configuration;

namespace Locks.Failpoints;

/// <summary>
/// The failpoint behind the replies of a coordinator: a message is served when its replies have left, and acknowledged after that.
/// </summary>
internal sealed class ReplyFailpoint(Fuse fuse) : IConfigureIsolatedPipe, IFilter<ConsumeContext<LockCommands>>
{
    public void Configure(string queueName, IConsumePipeConfigurator pipe) =>
        pipe.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<LockCommands>>(this));

    public async Task Send(ConsumeContext<LockCommands> context, IPipe<ConsumeContext<LockCommands>> next)
    {
        await next.Send(context);
        await fuse.AfterReplyAsync();
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("failpoint");
}
