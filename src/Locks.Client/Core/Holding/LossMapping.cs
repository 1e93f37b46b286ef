using Locks.Contracts;

namespace Locks.Client.Core.Holding;

/// <summary>The coordinator's words for a loss, in the client's.</summary>
internal static class LossMapping
{
    /// <summary>A lock whose token nobody holds has been lost earlier; all that is left to tell is that it is over.</summary>
    public static LockLoss ToLoss(this LockLost lost) => Of(lost.Reason, lost.By);

    public static LockLoss ToLoss(this LeaseEnded ended) => Of(ended.Reason, ended.By);

    private static LockLoss Of(string reason, string? by) => reason switch
    {
        LossReasons.Revoked => new LockLoss(LockLossReason.Revoked, by),
        LossReasons.Superseded => new LockLoss(LockLossReason.Superseded),
        LossReasons.LeaseEnded => new LockLoss(LockLossReason.LeaseEnded, by),
        _ => new LockLoss(LockLossReason.Expired),
    };
}
