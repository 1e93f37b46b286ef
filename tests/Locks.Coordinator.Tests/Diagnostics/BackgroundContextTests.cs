using System.Collections.Concurrent;
using System.Diagnostics;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests.Diagnostics;

/// <summary>What a coordinator does in the background belongs to no trace: neither to that of its start nor to that of a message.</summary>
public sealed class BackgroundContextTests
{
    private readonly ScriptedStore _store = new();
    private readonly ConcurrentQueue<(string Where, string? Current)> _seen = new();

    [Fact]
    public async Task CommitsTimersAndSweeps_RunInNoCallersContext()
    {
        _store.OnCommit = (_, _) =>
        {
            Note("commit");
            return ScriptedStore.GoOn();
        };
        _store.OnFindOverdue = _ => Note("sweep");
        using var start = new Activity("the start of the host").Start();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(
            options => options.SweepInterval = TimeSpan.FromSeconds(10), _store);
        await coordinator.AcquireAsync(Asker.A, lease: 30);

        await Eventually.HoldsAsync(async () =>
        {
            coordinator.Time.Advance(TimeSpan.FromSeconds(1));
            return await coordinator.StateAsync() == "Free" && _store.Sweeps >= 2;
        });

        Assert.True(_seen.Count(seen => seen.Where == "commit") >= 2);
        Assert.True(_seen.Count(seen => seen.Where == "sweep") >= 2);
        Assert.All(_seen, seen => Assert.Null(seen.Current));
    }

    private void Note(string where) => _seen.Enqueue((where, Activity.Current?.OperationName));
}
