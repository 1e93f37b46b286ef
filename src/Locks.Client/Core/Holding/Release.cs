namespace Locks.Client.Core.Holding;

/// <summary>Sends a release once, however often it is called. One that was not answered is sent again by the next call.</summary>
internal sealed class Release(Func<Task<bool>> send)
{
    private readonly Lock _gate = new();
    private Task<bool>? _sent;

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

    public Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        Task<bool> sent;
        lock (_gate)
        {
            if (_sent is null or { IsFaulted: true })
                _sent = send();
            sent = _sent;
        }

        return sent.WaitAsync(cancellationToken);
    }
}
