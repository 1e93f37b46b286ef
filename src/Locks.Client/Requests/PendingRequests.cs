using System.Collections.Concurrent;
using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>The requests that this client has an interest in, by their id.</summary>
internal sealed class PendingRequests
{
    private readonly ConcurrentDictionary<Guid, PendingRequest> _pending = new();

    /// <summary>Opens a request that is answered once.</summary>
    public PendingRequest Open(Guid id) => Add(new PendingRequest(id, this));

    /// <summary>Opens a request for something that may be taken away again.</summary>
    public PendingRequest OpenForUpdates(Guid id, Action<LockQueued>? onQueued = null) =>
        Add(new PendingRequest(id, this) { StaysOpenAfterReply = true, OnQueued = onQueued });

    public PendingRequest? Find(Guid? id) => id is { } known && _pending.TryGetValue(known, out var request) ? request : null;

    /// <summary>Whatever waits in line may not be known to the coordinator any more: each makes sure of its place.</summary>
    public void InvalidatePositions()
    {
        foreach (var (_, request) in _pending)
            request.InvalidatePosition();
    }

    public void Forget(PendingRequest request) => _pending.TryRemove(new KeyValuePair<Guid, PendingRequest>(request.Id, request));

    private PendingRequest Add(PendingRequest request) =>
        _pending.TryAdd(request.Id, request) ? request : throw new InvalidOperationException($"Request {request.Id} is already open.");
}
