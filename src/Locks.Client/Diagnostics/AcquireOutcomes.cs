namespace Locks.Client.Diagnostics;

/// <summary>How a caller's attempt to acquire a lock ends, in the words of metrics and traces.</summary>
internal static class AcquireOutcomes
{
    public const string Failed = "failed";

    /// <summary>An attempt that was answered.</summary>
    public static string Of(bool isGranted, bool waits) => isGranted ? "granted" : waits ? "wait_timed_out" : "busy";

    /// <summary>An attempt that ended with an exception.</summary>
    public static string Of(Exception exception) => exception switch
    {
        OperationCanceledException => "cancelled",
        LockRefusedException => "refused",
        LockUnavailableException => "unavailable",
        _ => Failed,
    };
}
