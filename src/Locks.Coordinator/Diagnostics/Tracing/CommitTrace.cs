using System.Diagnostics;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Pipeline;
using Locks.Transport.Diagnostics;

namespace Locks.Coordinator.Diagnostics.Tracing;

/// <summary>
/// The spans of one commit. It serves many traces, so it is a trace of its own, linked with every traced acquire that it decided; and each
/// traced waiter that it granted the lock gets a span in its own trace.
/// </summary>
internal sealed class CommitTrace
{
    // OpenTelemetry keeps no more links of a span.
    private const int MaxLinks = 128;

    private readonly DateTimeOffset _begun = TimeProvider.System.GetUtcNow();
    private List<Activity>? _grants;
    private DateTimeOffset _stored;

    /// <summary>A commit begins.</summary>
    /// <returns>Its trace; absent when nothing listens.</returns>
    public static CommitTrace? Begin() => CoordinatorTracing.IsEnabled ? new CommitTrace() : null;

    /// <summary>The store has answered, or failed.</summary>
    public void Stored() => _stored = TimeProvider.System.GetUtcNow();

    /// <summary>Starts the spans of the grants, and links all of them, and the acquires, with the commit.</summary>
    public void Link(IReadOnlyList<WorkItem> items, IReadOnlyList<Decision> decisions, AttemptTraces traces, Exception? failure)
    {
        foreach (var decision in decisions)
            StartGrants(decision, traces);

        var served = new List<ActivityLink>();
        foreach (var item in items)
        {
            if (item.Span is { } span)
                served.Add(new ActivityLink(span.Context));
        }

        foreach (var grant in _grants ?? [])
            served.Add(new ActivityLink(grant.Context));
        if (served.Count == 0
            || CoordinatorTracing.Start("commit", ActivityKind.Internal, default, served.Take(MaxLinks), _begun) is not { } commit)
            return;

        commit.SetTag("locks.commit.commands", items.Count);
        if (failure is not null)
        {
            commit.SetTag(Measured.ErrorType, failure.GetType().FullName);
            commit.SetStatus(ActivityStatusCode.Error);
        }

        foreach (var item in items)
            item.Span?.LinkTo(commit.Context);
        foreach (var grant in _grants ?? [])
            grant.AddLink(new ActivityLink(commit.Context));
        commit.SetEndTime(_stored.UtcDateTime);
        CoordinatorTracing.End(commit);
    }

    /// <summary>The replies were sent.</summary>
    public void End()
    {
        foreach (var grant in _grants ?? [])
            CoordinatorTracing.End(grant);
    }

    private void StartGrants(Decision decision, AttemptTraces traces)
    {
        foreach (var outcome in decision.Outcomes)
        {
            if (outcome is not Outcome.Granted { Waited: not null, Repeated: false, Grant: var grant })
                continue;

            var holder = traces.Find(decision.Before.Holder?.AcquireId);
            StartGrant(grant.AcquireId, grant.FencingToken, holder, traces);
            foreach (var member in grant.Cohort?.Items ?? [])
                StartGrant(member.AcquireId, member.FencingToken, holder, traces);
        }
    }

    private void StartGrant(Guid acquireId, long fence, ActivityContext? holder, AttemptTraces traces)
    {
        if (traces.Find(acquireId) is not { } waiter)
            return;

        ActivityLink[] links = holder is { } waitedFor ? [new ActivityLink(waitedFor)] : [];
        if (CoordinatorTracing.Start("grant", ActivityKind.Internal, waiter, links, _begun) is not { } span)
            return;

        span.SetTag("locks.attempt_id", AttemptId.Of(acquireId).ToString());
        span.SetTag("locks.fencing_token", fence);
        span.AddEvent(new ActivityEvent("committed", _stored));
        (_grants ??= []).Add(span);
    }
}
