using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Partitioning;

/// <summary>What a coordinator writes to its log about partitions.</summary>
internal static partial class PartitioningLog
{
    [LoggerMessage(30, LogLevel.Information,
        "This is coordinator {Id}, one of {Coordinators} coordinator(s). Of the partitions' queues it should read {Queues}.")]
    public static partial void ShareOfQueues(this ILogger logger, Guid id, int coordinators, string queues);

    [LoggerMessage(31, LogLevel.Information, "Leaving queue {Queue} to coordinator {Reader}, and standing by to take over.")]
    public static partial void YieldingQueue(this ILogger logger, string queue, Guid reader);

    [LoggerMessage(32, LogLevel.Error, "Leaving queue {Queue} failed. This coordinator may not be able to take it over again.")]
    public static partial void YieldFailed(this ILogger logger, string queue, Exception exception);

    [LoggerMessage(33, LogLevel.Warning, "This coordinator could not announce itself to the others; trying again in {Interval}.")]
    public static partial void AnnouncementNotSent(this ILogger logger, TimeSpan interval, Exception exception);
}
