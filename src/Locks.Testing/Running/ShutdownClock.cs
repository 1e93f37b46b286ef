using MassTransit;

namespace Locks.Testing.Running;

/// <summary>
/// A bus that stops waits for the messages being consumed, and their consumers may wait for time to pass, which the test no longer moves. So
/// time moves by itself, from one timer to the next, once a stop takes noticeably long: no test hangs at its end.
/// </summary>
internal sealed class ShutdownClock(LockTestHarnessOptions options) : IBusObserver
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task PreStop(IBus bus)
    {
        _stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = LetTimeRunAsync(_stopped.Task);
        return Task.CompletedTask;
    }

    public Task PostStop(IBus bus) => Stopped();

    public Task StopFaulted(IBus bus, Exception exception) => Stopped();

    public void PostCreate(IBus bus)
    {
    }

    public void CreateFaulted(Exception exception)
    {
    }

    public Task PreStart(IBus bus) => Task.CompletedTask;

    public Task PostStart(IBus bus, Task<BusReady> busReady) => Task.CompletedTask;

    public Task StartFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    private async Task LetTimeRunAsync(Task stopped)
    {
        var pause = Noticeable;
        while (!await EndsWithinAsync(stopped, pause).ConfigureAwait(false))
        {
            pause = Pause;
            if (options.Time.UntilNextTimer is { } next)
                options.Time.Advance(next > TimeSpan.Zero ? next : TimeSpan.Zero);
        }
    }

    private static async Task<bool> EndsWithinAsync(Task task, TimeSpan time)
    {
        await task.WaitAsync(time, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }

    private Task Stopped()
    {
        _stopped.TrySetResult();
        return Task.CompletedTask;
    }
}
