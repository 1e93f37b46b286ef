using System.Diagnostics;
using Locks.Contracts;

namespace Locks.Coordinator.Diagnostics.Tracing;

/// <summary>
/// The callers' spans of the attempts that were queued or granted last, as far as they are sampled: a grant out of the queue is a part of its
/// waiter's trace, and a waiter's span is linked to that of the holder that it waits for. In this process's memory, and bounded: where it is
/// missing, so is the link.
/// </summary>
/// <remarks>Two generations, as in the cache of locks.</remarks>
internal sealed class AttemptTraces
{
    private const int Max = 20_000;

    private readonly Lock _gate = new();
    private Dictionary<Guid, ActivityContext> _new = [];
    private Dictionary<Guid, ActivityContext> _old = [];

    /// <summary>Begins the span of an acquire.</summary>
    /// <param name="acquire">The acquire.</param>
    /// <param name="isAlone">Whether it came in a message of its own, whose span is current.</param>
    /// <returns>The span; absent when the acquire is not sampled.</returns>
    public AcquireDecisionSpan? Begin(AcquireLock acquire, bool isAlone)
    {
        var caller = CoordinatorTracing.ContextOf(acquire) ?? (isAlone && Activity.Current is { Recorded: true } current ? current.Context : null);
        return caller is { } parent && CoordinatorTracing.Start("decide", ActivityKind.Server, parent) is { } span
            ? new AcquireDecisionSpan(span, acquire.AcquireId, parent, this)
            : null;
    }

    /// <summary>Remembers the caller's span of an attempt.</summary>
    public void Remember(Guid acquireId, ActivityContext caller)
    {
        lock (_gate)
        {
            _new[acquireId] = caller;
            if (_new.Count > Max / 2)
                (_old, _new) = (_new, []);
        }
    }

    /// <summary>The caller's span of an attempt, if it is remembered.</summary>
    public ActivityContext? Find(Guid? acquireId)
    {
        if (acquireId is not { } id)
            return null;
        lock (_gate)
            return _new.TryGetValue(id, out var recent) || _old.TryGetValue(id, out recent) ? recent : null;
    }
}
