using System.Collections.Concurrent;

namespace Locks.Client.Requests;

/// <summary>The requests that this client has an interest in, by their id.</summary>
internal sealed class RequestLedger
{
    private readonly ConcurrentDictionary<Guid, PendingRequest> _pending = new();

    public PendingRequest Open(Guid id)
    {
        var request = new PendingRequest(id, this);
        return _pending.TryAdd(id, request) ? request : throw new InvalidOperationException($"Request {id} is already open.");
    }

    public PendingRequest? Find(Guid? id) => id is { } known && _pending.TryGetValue(known, out var request) ? request : null;

    public void Forget(PendingRequest request) => _pending.TryRemove(new KeyValuePair<Guid, PendingRequest>(request.Id, request));
}
