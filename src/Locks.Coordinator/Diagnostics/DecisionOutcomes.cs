using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Diagnostics;

/// <summary>How grants, attempts and waits end, in the words of metrics.</summary>
internal static class DecisionOutcomes
{
    public const string Granted = "granted";
    public const string Released = "released";
    public const string Revoked = "revoked";
    public const string Cancelled = "cancelled";
    public const string PassedOver = "passed_over";
    public const string Immediate = "immediate";
    public const string Queued = "queued";

    /// <summary>The word for a reason of a denial. A closed set, although reasons are texts.</summary>
    public static string OfDenial(string reason) => reason switch
    {
        DenyReasons.Busy => "busy",
        DenyReasons.WaitTimedOut => "wait_timed_out",
        DenyReasons.QueueFull => "queue_full",
        DenyReasons.Ended => "ended",
        DenyReasons.LeaseNotFound => "lease_not_found",
        DenyReasons.Cancelled => "cancelled_by_operator",
        DenyReasons.Deadlock => "deadlock",
        _ => "invalid",
    };

    /// <summary>Why a grant was over.</summary>
    public static string OfExpiry(Holder grant) =>
        grant.Lease is { HasEnded: true } ? "shared_lease_ended"
        : grant.Stage == LockStage.Offered ? "unconfirmed"
        : "lease_ended";

    /// <summary>What a grant was when it was taken from its holder.</summary>
    public static string OfStage(LockStage stage) => stage switch
    {
        LockStage.Offered => "offered",
        LockStage.Cooling => "cooling",
        _ => "held",
    };
}
