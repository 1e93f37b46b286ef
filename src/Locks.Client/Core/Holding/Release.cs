using Locks.Transport;

namespace Locks.Client.Core.Holding;

/// <summary>Sends a release once, however often it is called. One that was not answered is sent again by the next call.</summary>
internal sealed class Release(Func<Task<bool>> send)
{
    private readonly Lock _gate = new();
    private Task<bool>? _sent;
    private TaskCompletionSource? _begun;

    /// <summary>Completes when the release is first called for.</summary>
    public Task Begun
    {
        get
        {
            lock (_gate)
            {
                if (_sent is not null)
                    return Task.CompletedTask;
                _begun ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _begun.Task;
            }
        }
    }

    /// <summary>The state that the release has led to; <see langword="null"/> when there was none.</summary>
    public LockHandleState? State
    {
        get
        {
            lock (_gate)
            {
                return _sent switch
                {
                    null => null,
                    { IsCompletedSuccessfully: true } => LockHandleState.Released,
                    _ => LockHandleState.Unknown,
                };
            }
        }
    }

    /// <summary>Sends the release, or waits for the answer to the one that was sent. Sends nothing when it is cancelled beforehand.</summary>
    public Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<bool>(cancellationToken);

        Task<bool> sent;
        lock (_gate)
        {
            if (_sent is null or { IsFaulted: true })
                _sent = send();
            sent = _sent;
            _begun?.TrySetResult();
        }

        return sent.OrAbandonAsync(cancellationToken);
    }
}
