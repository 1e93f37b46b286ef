using Microsoft.Extensions.Logging;

namespace Locks.Client.Shapes;

/// <summary>The log messages of the shapes that know a lock by its key alone.</summary>
internal static partial class ShapesLog
{
    [LoggerMessage(40, LogLevel.Warning,
        "ReleaseLock was called for lock {Key} by a flow of control that did not acquire it, while another one in this process holds it. "
        + "The lock is not released. To release a lock from elsewhere, keep its handle: use ILockClient or UsingToken.")]
    public static partial void NotAcquiredHere(this ILogger logger, string key);
}
