using Locks.Contracts;

namespace Locks.Client.Requests;

/// <summary>A command that is to be sent, perhaps several times.</summary>
/// <param name="command">The command.</param>
/// <param name="key">The key of the lock that it is about.</param>
/// <param name="until">Until when it is worth being sent.</param>
/// <param name="request">The request that it belongs to; <see langword="null"/> for a command that is sent one way.</param>
internal sealed class OutgoingCommand(LockCommand command, string key, Deadline until, PendingRequest? request)
{
    private readonly TaskCompletionSource? _sent = request is null ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    private readonly TaskCompletionSource? _decided = request is null ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    private int _isPosted;

    public LockCommand Command => command;

    /// <summary>The lock that it is about.</summary>
    public Guid LockId { get; } = LockKey.ToId(key);

    public Deadline Until => until;

    /// <summary>
    /// Whether it need not be sent any more: its time is up, or that of the lease that it first asked for, or its request is answered or no
    /// longer awaited.
    /// </summary>
    public bool IsOverAt(long timestamp) =>
        until.HasPassedAt(timestamp) || IsOutlivedAt(timestamp) || request is { IsAnswered: true } or { IsClosed: true };

    /// <summary>
    /// Whether the lease that it asks for is over, counted from when it first left: a grant would be over on arrival. An acquire that waits
    /// may be granted much later, and confirms its grant.
    /// </summary>
    public bool IsOutlivedAt(long timestamp) =>
        command.Acquire is { Wait: null, LeaseId: null } && request?.RequestedLease?.HasPassedAt(timestamp) is true;

    /// <summary>Roughly how many bytes it takes in a batch.</summary>
    public int Size { get; } = 300 + (3 * key.Length);

    /// <summary>Whether it is not answered.</summary>
    public bool IsOneWay => _decided is not null;

    /// <summary>Completes when a command that is sent one way has left, or will not leave any more.</summary>
    public Task Sent => _sent?.Task ?? Task.CompletedTask;

    /// <summary>
    /// Completes when the coordinator has decided a command that is sent one way, or it could not be sent. A command that is answered is
    /// waited for by its answer.
    /// </summary>
    public Task Decided => _decided?.Task ?? Task.CompletedTask;

    /// <summary>Marks it as waiting to be sent.</summary>
    /// <returns>Whether it was not waiting already.</returns>
    public bool TryPost() => Interlocked.Exchange(ref _isPosted, 1) == 0;

    /// <summary>Marks it as taken out of the queue, to be sent if it is not over. It may be posted again.</summary>
    /// <param name="timestamp">The timestamp of the clock.</param>
    public void TakenAt(long timestamp)
    {
        Volatile.Write(ref _isPosted, 0);
        request?.OnLeavingAt(timestamp);
    }

    /// <summary>Marks it as one that waits here for the release of its lock.</summary>
    public void SetDeferred() => request?.Queued?.TrySetResult();

    /// <summary>Marks it as sent.</summary>
    public void SetSent() => _sent?.TrySetResult();

    /// <summary>Marks it as decided, or as one that will not be sent any more.</summary>
    public void SetDecided()
    {
        SetSent();
        _decided?.TrySetResult();
    }
}
