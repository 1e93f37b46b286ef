using System.Diagnostics;
using Locks.Contracts;
using Locks.Transport.Diagnostics;

namespace Locks.Client.Diagnostics;

/// <summary>The span of one call to acquire a lock. It goes along with the call's attempts, and never with a batch.</summary>
internal sealed class AcquireSpan : IDisposable
{
    private readonly Activity _span;
    private string? _holder;

    private AcquireSpan(Activity span) => _span = span;

    /// <summary>The place of the span in its trace.</summary>
    public ActivityContext Context => _span.Context;

    /// <summary>Starts the span; absent when nothing listens, or the sampler does not want it.</summary>
    public static AcquireSpan? Start() => ClientTracing.Start("acquire") is { } span ? new AcquireSpan(span) : null;

    /// <summary>Names the span in an attempt, if it is sampled.</summary>
    public AcquireLock AddTo(AcquireLock attempt)
    {
        _span.SetTag("locks.attempt_id", AttemptId.Of(attempt.AcquireId).ToString());
        return _span is { Recorded: true, IdFormat: ActivityIdFormat.W3C }
            ? attempt with { TraceParent = _span.Id, TraceState = _span.TraceStateString }
            : attempt;
    }

    /// <summary>The attempt waits: the span is linked to that of the holder that it waits for.</summary>
    public void AddQueued(LockQueued queued)
    {
        _span.AddEvent(new ActivityEvent("queued", tags: new ActivityTagsCollection { ["locks.rank"] = queued.Rank }));
        if (queued.HolderTraceParent is not { } holder
            || Interlocked.Exchange(ref _holder, holder) == holder
            || !ActivityContext.TryParse(holder, traceState: null, isRemote: true, out var context))
            return;

        _span.AddLink(new ActivityLink(context));
    }

    public void SetOutcome(string outcome, string? keyGroup, long? fencingToken)
    {
        _span.SetTag(Measured.Outcome, outcome);
        _span.SetTag(Measured.KeyGroup, keyGroup);
        _span.SetTag("locks.fencing_token", fencingToken);
    }

    public void SetFailure(string outcome, string? keyGroup, Exception exception)
    {
        SetOutcome(outcome, keyGroup, fencingToken: null);
        _span.SetTag(Measured.ErrorType, exception.GetType().FullName);

        // A caller that gives up has not failed.
        if (exception is not OperationCanceledException)
            _span.SetStatus(ActivityStatusCode.Error);
    }

    public void Dispose() => _span.Dispose();
}
