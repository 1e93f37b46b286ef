using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Partitioning;
using Locks.Coordinator.Pipeline;
using MassTransit;

namespace Locks.Coordinator.Inspect;

/// <summary>Answers queries. They pass no partition's worker, so no decision waits for them.</summary>
internal sealed class QueryConsumer(LockInspector inspector, CoordinatorDirectory coordinators) :
    IConsumer<DescribeLock>, IConsumer<ListLocks>, IConsumer<ListLeases>, IConsumer<DescribeStatistics>, IConsumer<DescribeCoordinators>,
    IConsumer<DescribeWaitForGraph>
{
    public async Task Consume(ConsumeContext<DescribeLock> context) =>
        await AnswerAsync(context, await inspector.DescribeAsync(context.Message, context.CancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);

    public async Task Consume(ConsumeContext<ListLocks> context) =>
        await AnswerAsync(context, await inspector.ListAsync(context.Message, context.CancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);

    public async Task Consume(ConsumeContext<ListLeases> context) =>
        await AnswerAsync(context, await inspector.ListAsync(context.Message, context.CancellationToken).ConfigureAwait(false))
            .ConfigureAwait(false);

    public async Task Consume(ConsumeContext<DescribeStatistics> context) =>
        await AnswerAsync(context, await inspector.CountAsync(context.CancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    public Task Consume(ConsumeContext<DescribeCoordinators> context) => AnswerAsync(context, coordinators.Describe(inspector.StoreName));

    public async Task Consume(ConsumeContext<DescribeWaitForGraph> context) =>
        await AnswerAsync(context, await inspector.DescribeWaitsAsync(context.CancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    private static Task AnswerAsync(ConsumeContext context, object answer) =>
        Reply.SendAsync(context, new ReplyTo(context.ResponseAddress!, context.RequestId), answer);
}
