using Microsoft.Extensions.Logging;

namespace Locks.Client.Core;

/// <summary>What a client writes to its log. Keys may appear, tokens never.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1, LogLevel.Warning, "The release of lock {Key} was not answered; it frees itself when its lease ends.")]
    public static partial void ReleaseUnanswered(this ILogger logger, string key, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The renewal of lock {Key} was not answered; trying again until its lease ends.")]
    public static partial void RenewalUnanswered(this ILogger logger, string key, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "The handle of lock {Key} was neither released nor disposed of, and nobody holds on to it any more; "
        + "it is not renewed again, and frees itself when its lease ends.")]
    public static partial void HandleAbandoned(this ILogger logger, string key);

    [LoggerMessage(4, LogLevel.Error, "A callback on a lock's Lost or AtRisk failed.")]
    public static partial void CallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "The progress callback of a caller that waits for lock {Key} failed.")]
    public static partial void ProgressFailed(this ILogger logger, string key, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "The renewal of lease {LeaseId} was not answered; trying again until it ends.")]
    public static partial void LeaseRenewalUnanswered(this ILogger logger, Guid leaseId, Exception exception);

    [LoggerMessage(7, LogLevel.Warning, "Nobody holds on to lease {LeaseId} any more; it is not renewed again, and ends by itself.")]
    public static partial void LeaseAbandoned(this ILogger logger, Guid leaseId);

    [LoggerMessage(8, LogLevel.Warning, "The revocation of lease {LeaseId} was not answered; it ends by itself.")]
    public static partial void RevocationUnanswered(this ILogger logger, Guid leaseId, Exception exception);

    [LoggerMessage(9, LogLevel.Error, "A message of replies was not understood; whoever waits for them asks again.")]
    public static partial void ReplyNotUnderstood(this ILogger logger, Exception exception);
}
