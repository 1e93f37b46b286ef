using System.Collections.Concurrent;
using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>The open requests of this client, by their id.</summary>
/// <param name="time">The clock.</param>
internal sealed class PendingRequests(TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, PendingRequest> _pending = new();
    private long _opened;
    private int _goingOn;

    /// <summary>The monotonic clock's timestamp.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>How many callers were signalled, and have not come to their next wait or to their end since.</summary>
    public int GoingOn => Volatile.Read(ref _goingOn);

    /// <summary>Opens a request that is answered once.</summary>
    public PendingRequest Open(Guid id) => Add(new PendingRequest(id, this, NextNumber()));

    /// <summary>Opens a request for something that the coordinator may take away again.</summary>
    public PendingRequest OpenForUpdates(Guid id, Action<LockQueued>? onQueued = null, TaskCompletionSource? queued = null) =>
        Add(new PendingRequest(id, this, NextNumber()) { StaysOpenAfterReply = true, OnQueued = onQueued, Queued = queued });

    public PendingRequest? Find(Guid? id) => id is { } known && _pending.TryGetValue(known, out var request) ? request : null;

    /// <summary>
    /// The coordinator may have lost the queued requests: each is sent again. They are signalled in the order in which they were opened, so
    /// that a queue that begins anew has them in about that order.
    /// </summary>
    public void InvalidatePositions()
    {
        foreach (var request in InOrder)
            request.InvalidatePosition();
    }

    /// <summary>The client stops: every request is told.</summary>
    public void OnClientStop(ClientStop stop, Func<Exception> refusal)
    {
        foreach (var request in InOrder)
            request.OnClientStop(stop, refusal);
    }

    /// <summary>A caller is signalled.</summary>
    public void BeginGoingOn() => Interlocked.Increment(ref _goingOn);

    /// <summary>A caller that was signalled waits again, or is done.</summary>
    public void EndGoingOn() => Interlocked.Decrement(ref _goingOn);

    public void Remove(PendingRequest request) => _pending.TryRemove(new KeyValuePair<Guid, PendingRequest>(request.Id, request));

    private IEnumerable<PendingRequest> InOrder => _pending.Values.OrderBy(static request => request.Number);

    private long NextNumber() => Interlocked.Increment(ref _opened);

    private PendingRequest Add(PendingRequest request) =>
        _pending.TryAdd(request.Id, request) ? request : throw new InvalidOperationException($"Request {request.Id} is already open.");
}
