using Locks.Client.Core;
using Locks.Client.Tests.Shapes;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core;

/// <summary>Blocking a thread. BlockedCallersTests tests its effect on the thread pool, in a process of its own.</summary>
public sealed class SyncOverAsyncTests
{
    [Fact]
    public async Task Work_SeesNoSynchronizationContext_AndTheCallerKeepsItsOwn() => await SingleThreadContext.RunAsync(() =>
    {
        var mine = SynchronizationContext.Current;

        Assert.Null(SyncOverAsync.Wait(async () =>
        {
            var seen = SynchronizationContext.Current;
            await Task.Yield();
            return seen;
        }));

        Assert.Same(mine, SynchronizationContext.Current);
        Assert.Throws<InvalidDataException>(() => SyncOverAsync.Wait(() => throw new InvalidDataException()));
        Assert.Same(mine, SynchronizationContext.Current);
        return Task.CompletedTask;
    }).Within();

    [Fact]
    public async Task Work_SeesNoOtherScheduler() => await Task.Factory.StartNew(
        () => Assert.Same(TaskScheduler.Default, SyncOverAsync.Wait(async () =>
        {
            await Task.Yield();
            return TaskScheduler.Current;
        })),
        CancellationToken.None,
        TaskCreationOptions.None,
        new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Within();

    [Fact]
    public async Task Work_BeginsOnTheCallersThread_AndTakesNoSecondOne() => await Task.Run(() =>
        Assert.Equal(
            Environment.CurrentManagedThreadId, SyncOverAsync.Wait(() => Task.FromResult(Environment.CurrentManagedThreadId)))).Within();

    [Fact]
    public void AnExceptionComesOutAsItIs()
    {
        var thrown = Assert.Throws<InvalidDataException>(() => SyncOverAsync.Wait(async () =>
        {
            await Task.Yield();
            throw new InvalidDataException("as it is");
        }));

        Assert.Equal("as it is", thrown.Message);
    }
}
