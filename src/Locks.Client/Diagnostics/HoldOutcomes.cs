namespace Locks.Client.Diagnostics;

/// <summary>How a hold ends, in the words of metrics.</summary>
internal static class HoldOutcomes
{
    public const string Released = "released";

    /// <summary>The word for a loss.</summary>
    public static string Of(LockLossReason reason) => reason switch
    {
        LockLossReason.Revoked => "revoked",
        LockLossReason.Superseded => "superseded",
        LockLossReason.CoordinatorUnreachable => "coordinator_unreachable",
        LockLossReason.LeaseEnded => "shared_lease_ended",
        LockLossReason.ClientStopped => "client_stopped",
        LockLossReason.MaxHoldReached => "max_hold_reached",
        LockLossReason.Unhealthy => "unhealthy",
        _ => "expired",
    };
}
