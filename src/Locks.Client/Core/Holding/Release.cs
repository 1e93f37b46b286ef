namespace Locks.Client.Core.Holding;

/// <summary>Gives something back, once. What was not answered may be tried again.</summary>
internal sealed class Release(Func<Task<bool>> send)
{
    private readonly Lock _gate = new();
    private Task<bool>? _sent;

    /// <summary>What the release has led to; nothing when there was none.</summary>
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
