using System.Diagnostics;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Transport.Diagnostics;

namespace Locks.Coordinator.Diagnostics.Tracing;

/// <summary>
/// The span of one acquire in the coordinator, from its arrival until its reply was sent, beneath the caller's span. Thousands may share a
/// message and a commit; each has a span of its own.
/// </summary>
internal sealed class AcquireDecisionSpan(Activity span, Guid acquireId, ActivityContext caller, AttemptTraces traces)
{
    private string? _holder;

    /// <summary>The span.</summary>
    public ActivityContext Context => span.Context;

    public void Decided() => span.AddEvent(new ActivityEvent("decided"));

    /// <summary>The decision is committed; absent for an acquire that was denied undecided.</summary>
    public void Committed(Decision? decision)
    {
        span.AddEvent(new ActivityEvent("committed"));
        span.SetTag("locks.attempt_id", AttemptId.Of(acquireId).ToString());
        span.SetTag(Measured.Outcome, decision is null ? "outdated" : OutcomeIn(decision));
    }

    /// <summary>Adds the holder's span to the reply that says that the attempt waits.</summary>
    public object Complete(object reply) => reply is LockQueued queued && queued.AcquireId == acquireId && _holder is not null
        ? queued with { HolderTraceParent = _holder }
        : reply;

    /// <summary>Links the span to that of the commit.</summary>
    public void LinkTo(ActivityContext commit) => span.AddLink(new ActivityLink(commit));

    /// <summary>The reply was sent, or the acquire failed.</summary>
    public void End(Exception? failure)
    {
        if (failure is not null)
        {
            span.SetTag(Measured.ErrorType, failure.GetType().FullName);
            span.SetStatus(ActivityStatusCode.Error);
        }

        CoordinatorTracing.End(span);
    }

    private string OutcomeIn(Decision decision)
    {
        if (decision.After.Waiters.Find(acquireId) is not null)
        {
            traces.Remember(acquireId, caller);
            if (traces.Find(decision.After.Holder?.AcquireId) is { } holder)
            {
                span.AddLink(new ActivityLink(holder));
                _holder = TraceParent.Of(holder);
            }

            return DecisionOutcomes.Queued;
        }

        if (decision.After.Holder is { } grant && grant.Has(acquireId))
        {
            traces.Remember(acquireId, caller);
            return DecisionOutcomes.Granted;
        }

        foreach (var outcome in decision.Outcomes)
        {
            if (outcome is Outcome.Denied denied && denied.AcquireId == acquireId)
                return DecisionOutcomes.OfDenial(denied.Why);
        }

        return "ended";
    }
}
