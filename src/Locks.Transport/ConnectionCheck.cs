namespace Locks.Transport;

/// <summary>
/// Has a connection checked when messages stay unanswered that should have been answered: at most one check at a time, and not again soon.
/// </summary>
/// <param name="transport">The transport whose connection it is.</param>
/// <param name="time">The clock.</param>
/// <param name="onDead">Called when the connection was found dead, and is closed.</param>
internal sealed class ConnectionCheck(LockTransport transport, TimeProvider time, Action? onDead = null)
{
    /// <summary>How long the broker has for its answer: a connection that is only slow must not be closed.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private Task _current = Task.CompletedTask;
    private long? _endedAt;

    /// <summary>Begins a check, unless one is running or has ended just now.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_current.IsCompleted && (_endedAt is not { } ended || time.GetElapsedTime(ended) >= Pause))
                _current = DetachedContext.Run(() => Task.Run(RunAsync));
        }
    }

    private async Task RunAsync()
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        try
        {
            if (!await transport.CheckConnectionAsync(limit.Token).ConfigureAwait(false))
                onDead?.Invoke();
        }
        finally
        {
            lock (_gate)
                _endedAt = time.GetTimestamp();
        }
    }
}
