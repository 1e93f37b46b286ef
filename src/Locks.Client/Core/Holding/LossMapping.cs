using Locks.Contracts;

namespace Locks.Client.Core.Holding;

/// <summary>Maps the coordinator's loss reasons to those of the public API.</summary>
internal static class LossMapping
{
    /// <summary>
    /// Maps a loss. A reason that is absent or not known here is an expiry: the lock was lost earlier, or a newer coordinator says why.
    /// </summary>
    public static LockLoss ToLoss(this LockLost lost) => Of(lost.Reason, lost.By, lost.Detail);

    public static LockLoss ToLoss(this LeaseEnded ended) => Of(ended.Reason, ended.By, detail: null);

    private static LockLoss Of(string reason, string? by, string? detail) => reason switch
    {
        LossReasons.Revoked => new LockLoss(LockLossReason.Revoked, by, detail),
        LossReasons.Superseded => new LockLoss(LockLossReason.Superseded),
        LossReasons.LeaseEnded => new LockLoss(LockLossReason.LeaseEnded, by),
        _ => new LockLoss(LockLossReason.Expired),
    };
}
