using System.Collections.Concurrent;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Shapes;

/// <summary>The synchronous shapes on a thread whose synchronization context runs everything on that same thread, as a window's does.</summary>
public sealed class SynchronousTests
{
    [Fact]
    public async Task TheSynchronousShapes_DoNotWaitForTheThreadThatWaitsForThem()
    {
        await using var world = await LockWorld.StartAsync();
        var locks = world.DistributedLock;
        var minute = TimeSpan.FromMinutes(1);

        await OnOneThreadAsync(async () =>
        {
            // Whatever comes after an await comes back to this thread.
            await Task.Yield();
            Assert.True(locks.AcquireLock("a", minute));
            locks.ReleaseLock("a");
            Assert.True(locks.AcquireLock("a"));
            locks.ReleaseLock("a");
            using (var token = locks.UsingToken("a", minute))
                Assert.True(token.HasLock);
            using (var token = locks.AwaitLock("a", minute, minute))
                Assert.True(token.HasLock);
            var handle = await world.Client.AcquireAsync("a", minute, minute);
            handle.Dispose();
            Assert.True(await locks.RunAsync("a", () => Task.CompletedTask, 60));
        }).Within();

        Assert.True(await world.IsFreeAsync("a"));
    }

    private static Task OnOneThreadAsync(Func<Task> work)
    {
        var done = new TaskCompletionSource();
        var context = new OneThread();
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(context);
            var running = work();
            running.ContinueWith(_ => context.End(), TaskScheduler.Default);
            context.Run();
            if (running.Exception is { } exception)
                done.SetException(exception.InnerExceptions);
            else
                done.SetResult();
        })
        { IsBackground = true };
        thread.Start();
        return done.Task;
    }

    private sealed class OneThread : SynchronizationContext
    {
        private readonly BlockingCollection<Action> _work = [];

        public override void Post(SendOrPostCallback d, object? state) => _work.Add(() => d(state));

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody should wait for this thread.");

        public void End() => _work.CompleteAdding();

        public void Run()
        {
            foreach (var action in _work.GetConsumingEnumerable())
                action();
        }
    }
}
