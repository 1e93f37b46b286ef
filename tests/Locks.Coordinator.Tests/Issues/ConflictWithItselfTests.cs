using Locks.Contracts;
using Locks.Coordinator.Tests.Domain;
using Locks.Coordinator.Tests.Pipeline;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests.Issues;

/// <summary>
/// A lone coordinator logged conflicts with stack traces: for decisions from its cache that changed nothing, and while its partitions opened.
/// </summary>
public sealed class ConflictWithItselfTests
{
    private readonly ScriptedStore _store = new();

    [Fact]
    public async Task ADecisionFromTheCacheThatChangesNothing_IsMadeAgainFromTheStore_WithoutAConflict()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: _store);
        var grant = await coordinator.AcquireAsync(Asker.A);

        var again = (await coordinator.DeliverAsync(Asker.A.Try(), Asker.A)).Reply<LockAcquired>();
        (await coordinator.DeliverAsync(new ReleaseLock(grant.Key, "a wrong token"), Asker.B)).Reply<LockNotHeld>();

        Assert.Equal(grant, again);
        Assert.Single(_store.Commits);
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Contains("Conflict", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AConflictWithAnotherCoordinator_IsOneLineInTheLog_WithoutAStackTrace()
    {
        _store.OnCommit = (commit, writes) => commit == 1 ? ScriptedStore.Refuse(writes) : ScriptedStore.GoOn();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: _store);

        await coordinator.AcquireAsync(Asker.A);

        Assert.Single(coordinator.Logs.Lines, line => line.StartsWith("Information", StringComparison.Ordinal)
            && line.Contains("1 lock(s), one of them orders/42, were changed", StringComparison.Ordinal));
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Contains("Conflict", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AConflictOverALease_IsOneLineInTheLog_WithoutAStackTrace()
    {
        _store.OnLeaseCommit = (commit, writes) => commit == 1 ? ScriptedStore.Refuse(writes) : ScriptedStore.GoOn();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: _store);
        var lease = Guid.CreateVersion7();

        (await coordinator.DeliverAsync(new GrantLease(lease, TimeSpan.FromSeconds(30), "owner"), Asker.A)).Reply<LeaseGranted>();

        Assert.Single(coordinator.Logs.Lines, line => line.StartsWith("Information", StringComparison.Ordinal)
            && line.Contains($"Lease {LeaseFingerprint.Of(lease)} was changed", StringComparison.Ordinal));
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Contains("Conflict", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhilePartitionsOpen_ALockStaysWithItsWorker()
    {
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        _store.OnCommit = async (commit, _) =>
        {
            if (commit == 1)
            {
                reached.SetResult();
                await goOn.Task;
            }

            return null;
        };
        using var workers = new WorkersUnderTest(_store);

        // One lock of each partition, so that one of them would change its worker.
        var keys = Enumerable.Range(0, 100).Select(number => $"key {number}")
            .GroupBy(key => LockPartitions.IndexOf(LockKey.ToId(key), 2)).Select(group => group.First()).ToArray();
        var first = keys.Select(key => workers.RunAsync(Attempt.A.Try(), key)).ToArray();
        await reached.Task.Within();
        workers.Partitions.Count = 2;
        var second = keys.Select(key => workers.RunAsync(Attempt.B.Wait(), key)).ToArray();
        goOn.SetResult();

        await Task.WhenAll([.. first, .. second]).Within();
        Assert.All(
            await _store.LoadAsync([.. keys.Select(LockKey.ToId)], CancellationToken.None),
            stored => Assert.Equal((Attempt.A.Id, 1), (stored.State.Holder!.AcquireId, stored.State.Waiters.Count)));
    }
}
