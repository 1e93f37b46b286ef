using MassTransit;
using MassTransit.Context;

namespace Locks.Coordinator.Saga.Batches;

/// <summary>One command of a batch as if it were a message: who asked, and under which request, is the command's and not the batch's.</summary>
internal sealed class CommandContext<T>(ConsumeContext batch, LockSaga saga, T command, Guid? requestId, Uri replyTo) :
    DefaultSagaConsumeContext<LockSaga, T>(new MessageConsumeContext<T>(batch, command), saga)
    where T : class
{
    public override Guid? RequestId => requestId;

    public override Uri ResponseAddress => replyTo;
}
