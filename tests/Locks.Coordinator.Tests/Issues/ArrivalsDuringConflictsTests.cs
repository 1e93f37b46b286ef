using Locks.Coordinator.Tests.Domain;
using Locks.Coordinator.Tests.Pipeline;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests.Issues;

/// <summary>
/// A command that arrived just when others were to be decided again, because another coordinator had changed their locks, could disturb the
/// end of their commit: none of the commands of that commit was acknowledged any more.
/// </summary>
public sealed class ArrivalsDuringConflictsTests
{
    [Fact]
    public async Task CommandsThatArriveWhileOthersAreDecidedAgain_DisturbNone()
    {
        // Another coordinator has changed half of the locks, once.
        var changed = new HashSet<Guid>();
        var store = new ScriptedStore();
        store.OnCommit = async (_, writes) =>
        {
            HashSet<Guid> refused;
            lock (changed)
                refused = [.. writes.Select(write => write.Id).Where(id => id.ToByteArray()[^1] % 2 == 0 && changed.Add(id))];
            refused.UnionWith(await store.Inner.CommitAsync([.. writes.Where(write => !refused.Contains(write.Id))], CancellationToken.None));
            return refused;
        };
        using var workers = new WorkersUnderTest(store);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(sender => Task.Run(async () =>
        {
            foreach (var round in Enumerable.Range(0, 100))
                await workers.RunAsync(Attempt.A.Try(), Enumerable.Range(0, 200).Select(number => $"{sender} {round} {number}"));
        }))).Within();

        Assert.InRange(changed.Count, 70_000, 90_000);
        var stored = await store.LoadAsync([.. changed], CancellationToken.None);
        Assert.Equal(changed.Count, stored.Count(found => found.State.Holder?.AcquireId == Attempt.A.Id));
    }
}
