using Microsoft.Extensions.Logging;

namespace Locks.Client.ConsumeFilter;

/// <summary>The guards' log messages. MassTransit logs failures itself.</summary>
internal static partial class GuardLog
{
    [LoggerMessage(10, LogLevel.Information, "Skipped {MessageType} {MessageId}: another owner holds the lock {Key}.")]
    public static partial void Skipped(this ILogger logger, string messageType, Guid? messageId, string key);

    [LoggerMessage(11, LogLevel.Information,
        "{MessageType} {MessageId} waits up to {Limit} for the lock {Key}, which another owner holds.")]
    public static partial void Waiting(this ILogger logger, string messageType, Guid? messageId, string key, TimeSpan limit);

    [LoggerMessage(12, LogLevel.Information,
        "{MessageType} {MessageId} comes again in {Delay} as redelivery {Redelivery}: another owner holds the lock {Key}.")]
    public static partial void Redelivering(
        this ILogger logger, string messageType, Guid? messageId, string key, TimeSpan delay, int redelivery);

    [LoggerMessage(13, LogLevel.Warning,
        "The lock {Key} was lost ({Reason}), and {MessageType} {MessageId} was consumed to the end in spite of it. "
        + "Another owner may have held the lock meanwhile; the consumer ignored its cancellation token.")]
    public static partial void ConsumedWithoutLock(
        this ILogger logger, string key, LockLossReason? reason, string messageType, Guid? messageId);

    [LoggerMessage(14, LogLevel.Warning,
        "The guard of {MessageType} is inside an outbox: what the consumer sends leaves after the lock is released. "
        + "Configure UseDistributedLock before the outbox.")]
    public static partial void InsideOutbox(this ILogger logger, string messageType);
}
