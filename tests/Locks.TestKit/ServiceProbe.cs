using System.Collections.Concurrent;

namespace Locks.TestKit;

/// <summary>
/// Asks a service something every 250 ms, whether or not earlier questions were answered, and tells when the service was back after a
/// fault: from when on every question was answered within a second, for two seconds.
/// </summary>
public sealed class ServiceProbe : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Question> _questions = new();
    private readonly Func<int, CancellationToken, Task> _ask;
    private readonly long _start;
    private readonly Task _asking;

    /// <param name="ask">Asks the question with a number; fails when the service does not serve it.</param>
    public ServiceProbe(Func<int, CancellationToken, Task> ask)
    {
        _ask = ask;
        _start = _time.GetTimestamp();
        _asking = Task.Run(RunAsync);
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Waits until the service is back.</summary>
    /// <param name="limit">How long it may take. Only keeps a broken test from hanging.</param>
    /// <returns>How long after this call it was back.</returns>
    public async Task<TimeSpan> WhenBackAsync(TimeSpan limit)
    {
        var since = Now;
        TimeSpan? back = null;
        await Eventually.HoldsAsync(() => (back = BackAfter(since)) is not null, limit + Steady, "service");
        return back!.Value - since;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _asking;
        await Task.WhenAll(_questions.Select(question => question.Answer)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private TimeSpan? BackAfter(TimeSpan since)
    {
        TimeSpan? back = null;
        foreach (var question in _questions.Where(question => question.AskedAt >= since))
        {
            if (!question.IsAnsweredPromptly)
                back = null;
            else if ((back ??= question.AskedAt) <= question.AskedAt - Steady)
                return back;
        }

        return null;
    }

    private async Task RunAsync()
    {
        using var ticks = new PeriodicTimer(Interval, _time);
        for (var number = 0; !_end.IsCancellationRequested; number++)
        {
            var question = new Question(Now);
            question.Answer = AskAsync(question, number);
            _questions.Enqueue(question);
            Task tick = ticks.WaitForNextTickAsync(_end.Token).AsTask();
            await tick.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskAsync(Question question, int number)
    {
        await Task.Yield();
        try
        {
            await _ask(number, _end.Token);
            question.IsAnsweredPromptly = Now - question.AskedAt <= Prompt;
        }
#pragma warning disable CA1031 // Whatever it is, the service did not serve.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private sealed class Question(TimeSpan askedAt)
    {
        private volatile bool _isAnsweredPromptly;

        public TimeSpan AskedAt => askedAt;

        public Task Answer { get; set; } = Task.CompletedTask;

        public bool IsAnsweredPromptly
        {
            get => _isAnsweredPromptly;
            set => _isAnsweredPromptly = value;
        }
    }
}
