using Locks.Server.Configuration;

namespace Locks.Server.Diagnostics;

/// <summary>What the server writes to its log. It is given no secret to write.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "A lock coordinator on broker {Broker}, queue {Queue}, with its locks in {Store}.")]
    public static partial void Starting(this ILogger logger, string broker, string queue, StoreKind store);

    [LoggerMessage(2, LogLevel.Warning,
        "Locks:Store is InMemory: locks are lost when this process ends; several coordinators would not know of each other.")]
    public static partial void LocksInMemory(this ILogger logger);

    [LoggerMessage(3, LogLevel.Warning, "Stopped before everything that was under way was finished; the broker gives it out again.")]
    public static partial void StoppedInHaste(this ILogger logger);
}
