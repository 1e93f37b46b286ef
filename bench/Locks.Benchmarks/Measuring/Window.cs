namespace Locks.Benchmarks.Measuring;

/// <summary>The time in which operations count.</summary>
internal sealed class Window(TimeSpan length) : IDisposable
{
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private ITimer? _timer;
    private long? _start;

    /// <summary>Fires at its end.</summary>
    public CancellationToken End => _end.Token;

    public bool IsOver => _end.IsCancellationRequested;

    public TimeSpan Elapsed => _start is { } start ? Time.GetElapsedTime(start) : TimeSpan.Zero;

    /// <summary>Begins, once.</summary>
    public void Open()
    {
        lock (_gate)
        {
            if (_start is not null)
                return;
            _start = Time.GetTimestamp();
            _timer = Time.CreateTimer(_ => _end.Cancel(), state: null, length, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _end.Dispose();
    }
}
