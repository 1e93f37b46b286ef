using Locks.Transport;

namespace Locks.Coordinator.Inspect;

/// <summary>
/// Answers a question whose cost grows with what is stored, and bounds what it costs: callers at the same time share an answer, it is kept
/// for a second, and for longer the longer it took, so that finding it out takes a twentieth of the time however many callers there are. It is
/// never kept for more than ten seconds: one slow reading of the store must not hide for a minute what has changed.
/// </summary>
internal sealed class SharedAnswer<T>(Func<Task<T>> find, TimeProvider time)
{
    private const int ShareOfTime = 20;
    private static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostAge = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task<T>? _answer;
    private long _foundAt;
    private TimeSpan _took;

    /// <summary>The answer, as of now or of a moment ago.</summary>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        Task<T> answer;
        lock (_gate)
        {
            if (_answer is null or { IsFaulted: true } or { IsCanceled: true } || IsOld_NeedsGate())
                _answer = Task.Run(FindAsync, CancellationToken.None);
            answer = _answer;
        }

        return answer.OrAbandonAsync(cancellationToken);
    }

    private bool IsOld_NeedsGate()
    {
        var keep = TimeSpan.FromTicks(Math.Clamp((_took * ShareOfTime).Ticks, LeastAge.Ticks, MostAge.Ticks));
        return _answer!.IsCompleted && time.GetElapsedTime(_foundAt) >= keep;
    }

    private async Task<T> FindAsync()
    {
        var begun = time.GetTimestamp();
        var answer = await find().ConfigureAwait(false);
        lock (_gate)
            (_foundAt, _took) = (time.GetTimestamp(), time.GetElapsedTime(begun));
        return answer;
    }
}
