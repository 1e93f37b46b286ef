using Microsoft.Extensions.Logging;

namespace Locks.Client.Core;

/// <summary>What a client writes to its log. Keys may appear, tokens never.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Warning, "The release of lock {Key} was not answered; it frees itself when its lease ends.")]
    public static partial void ReleaseUnanswered(this ILogger logger, string key, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The renewal of lock {Key} was not answered; trying again until its lease ends.")]
    public static partial void RenewalUnanswered(this ILogger logger, string key, Exception exception);
}
