using System.Runtime.CompilerServices;
using Locks.Coordinator.Inspect;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests.Inspect;

public sealed class SharedAnswerTests
{
    private const string Message = "failed after its caller had left";

    private readonly ManualTimeProvider _time = new();
    private readonly List<TaskCompletionSource<int>> _searches = [];
    private readonly SharedAnswer<int> _answer;

    public SharedAnswerTests() => _answer = new(Search, _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Count
    {
        get
        {
            lock (_searches)
                return _searches.Count;
        }
    }

    [Fact]
    public async Task CallersAtTheSameTime_ShareAnAnswer()
    {
        var (first, second) = (_answer.GetAsync(Cancel), _answer.GetAsync(Cancel));
        await FoundAsync(1, answer: 7);

        Assert.Equal(7, await first.Within());
        Assert.Equal(7, await second.Within());
        Assert.Equal(1, Count);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.2, 4)]
    [InlineData(3, 10)]
    public async Task AnAnswer_IsKeptTwentyTimesAsLongAsItTook_ASecondAtLeast_TenAtMost(double took, double kept)
    {
        var first = _answer.GetAsync(Cancel);
        await Eventually.HoldsAsync(() => Count == 1);
        _time.Advance(TimeSpan.FromSeconds(took));
        await FoundAsync(1, answer: 1);
        await first.Within();

        _time.Advance(TimeSpan.FromSeconds(kept) - TimeSpan.FromTicks(1));
        Assert.Equal(1, await _answer.GetAsync(Cancel).Within());
        _time.Advance(TimeSpan.FromTicks(1));
        var later = _answer.GetAsync(Cancel);
        await FoundAsync(2, answer: 2);

        Assert.Equal(2, await later.Within());
    }

    [Fact]
    public async Task AFailure_IsToldToThoseWhoWaitForIt_AndNotKept()
    {
        var failing = _answer.GetAsync(Cancel);
        await Eventually.HoldsAsync(() => Count == 1);
        _searches[0].SetException(new InvalidOperationException("away"));
        await Assert.ThrowsAsync<InvalidOperationException>(failing.Within);

        var next = _answer.GetAsync(Cancel);
        await FoundAsync(2, answer: 3);

        Assert.Equal(3, await next.Within());
    }

    [Fact]
    public async Task AFailureThatNoCallerWaitsForAnyMore_IsObserved()
    {
        var unobserved = 0;
        void Observe(object? sender, UnobservedTaskExceptionEventArgs args) =>
            unobserved += args.Exception.Flatten().InnerExceptions.Count(exception => exception.Message == Message);
        TaskScheduler.UnobservedTaskException += Observe;
        try
        {
            await AbandonAsync();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Observe;
        }

        Assert.Equal(0, unobserved);
    }

    /// <summary>In a method of its own, so that nothing keeps the task from the garbage collector.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task AbandonAsync()
    {
        var failure = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var searches = 0;
        var answer = new SharedAnswer<int>(
            () => Interlocked.Increment(ref searches) == 1 ? failure.Task : new TaskCompletionSource<int>().Task, TimeProvider.System);
        using var caller = new CancellationTokenSource();
        var asking = answer.GetAsync(caller.Token);
        await Eventually.HoldsAsync(() => Volatile.Read(ref searches) == 1);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(asking.Within);
        failure.SetException(new InvalidOperationException(Message));
        // It has failed when the next caller has it searched for anew.
        await Eventually.HoldsAsync(() =>
        {
            _ = answer.GetAsync(caller.Token);
            return Volatile.Read(ref searches) == 2;
        });
    }

    private async Task FoundAsync(int number, int answer)
    {
        await Eventually.HoldsAsync(() => Count == number);
        _searches[number - 1].SetResult(answer);
    }

    private Task<int> Search()
    {
        var search = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_searches)
            _searches.Add(search);
        return search.Task;
    }
}
