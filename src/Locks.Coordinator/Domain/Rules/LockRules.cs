namespace Locks.Coordinator.Domain.Rules;

/// <summary>
/// The rules of the lock: pure, with no clock, no I/O and no randomness of their own. Given a lock, a request and the time, they decide what
/// becomes of the lock. Everything that a user may rely on (G1 to G7 in docs/guarantees.md) is decided here; each concern has a file beside
/// this one.
/// </summary>
internal sealed class LockRules
{
    private readonly LockRulesLimits _limits;

    /// <summary>Creates rules with the given limits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of range.</exception>
    public LockRules(LockRulesLimits? limits = null)
    {
        _limits = limits ?? new LockRulesLimits();
        _limits.Validate();
    }

    /// <summary>Decides one request.</summary>
    /// <param name="state">The lock as it is stored.</param>
    /// <param name="request">The request.</param>
    /// <param name="now">The coordinator's time.</param>
    /// <param name="silence">What was heard of the waiters' sessions. Default: nothing is known, and no session is silent.</param>
    /// <exception cref="LockInvariantException">The rules have a defect.</exception>
    public Decision Decide(LockState state, LockRequest request, DateTimeOffset now, SessionSilence silence = default)
    {
        var draft = new DecisionDraft(state, now, _limits, silence);
        switch (request)
        {
            case LockRequest.Acquire acquire:
                draft.ExpireWhatIsDue();
                draft.Acquire(acquire);
                break;
            case LockRequest.Cancel cancel:
                // Leaves the queue before time passes, so that a grant that is due now does not go to an attempt that is being taken back.
                draft.LeaveQueue(cancel.AcquireId);
                draft.ExpireWhatIsDue();
                draft.Cancel(cancel.AcquireId);
                draft.AnswerCancel(cancel);
                break;
            case LockRequest.Confirm confirm:
                draft.ExpireWhatIsDue();
                draft.Confirm(confirm);
                break;
            case LockRequest.Renew renew:
                draft.ExpireWhatIsDue();
                draft.Renew(renew);
                break;
            case LockRequest.Release release:
                draft.ExpireWhatIsDue();
                draft.Release(release);
                break;
            case LockRequest.Revoke revoke:
                draft.ExpireWhatIsDue();
                draft.Revoke(revoke);
                break;
            case LockRequest.CancelWaiter cancel:
                draft.CancelWaiter(cancel);
                draft.ExpireWhatIsDue();
                break;
            case LockRequest.Expire expire:
                if (draft.IsAboutTheCurrentGrant(expire))
                {
                    draft.ExpireWhatIsDue();
                    draft.EndWaitsOnEndedLeases();
                }

                break;
            default:
                throw new LockInvariantException($"there is no rule for {request.GetType().Name}");
        }

        draft.RepeatTheOffer();
        return draft.Conclude();
    }
}
