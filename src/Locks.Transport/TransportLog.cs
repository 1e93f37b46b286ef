using Microsoft.Extensions.Logging;

namespace Locks.Transport;

/// <summary>What client and coordinator write to their logs about the transport.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(30, LogLevel.Information,
        "This transport has no partitions: every coordinator reads the common queue {Queue}, so a key is not served from one cache.")]
    public static partial void NoPartitions(this ILogger logger, string queue);

    [LoggerMessage(31, LogLevel.Warning,
        "This transport has no fan-out, so dead clients are not detected: each waiter of a dead client costs a confirmation window.")]
    public static partial void NoFanOut(this ILogger logger);

    [LoggerMessage(32, LogLevel.Error,
        "A reply of an unknown kind was not understood. Is the coordinator newer than this client?")]
    public static partial void UnknownReply(this ILogger logger);
}
