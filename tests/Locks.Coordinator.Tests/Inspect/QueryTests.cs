using Locks.Contracts;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Inspect;

/// <summary>Queries of a service that has only MassTransit and the contracts, without an address.</summary>
public sealed class QueryTests
{
    private static readonly Dictionary<string, (object Query, string Says)> BadQueries = new()
    {
        ["a lock without a key"] = (new DescribeLock(null!), "Key is missing or empty"),
        ["locks with a long prefix"] = (new ListLocks(new string('x', 513)), "Prefix has 513 UTF-8 bytes; the limit is 512"),
        ["locks of an empty owner"] = (new ListLocks(Owner: ""), "Owner is missing or empty"),
        ["locks in no state"] = (new ListLocks(State: "held' OR 1=1"), "State is no state of a lock; it must be Free, Offered, Held or Cooling"),
        ["locks waited for for no time"] = (new ListLocks(WaitingLongerThan: TimeSpan.FromTicks(-1)), "WaitingLongerThan is -"),
        ["locks behind no key"] = (new ListLocks(After: "a\0b"), "After holds the character U+0000"),
        ["no locks"] = (new ListLocks(Limit: 0), "Limit is 0; it must be between 1 and 500"),
        ["all locks at once"] = (new ListLocks(Limit: int.MaxValue), "Limit is 2147483647; it must be between 1 and 500"),
        ["leases behind no lease"] = (new ListLeases(Guid.Empty), "LeaseId is missing or empty"),
        ["no leases"] = (new ListLeases(Limit: -1), "Limit is -1; it must be between 1 and 500"),
    };

    public static TheoryData<string> Cases => [.. BadQueries.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AQuery_IsAnswered_WhileACommitHangs()
    {
        var hanging = new TaskCompletionSource<IReadOnlySet<Guid>?>();
        var store = new ScriptedStore { OnCommit = (number, _) => number == 1 ? Task.FromResult<IReadOnlySet<Guid>?>(null) : hanging.Task };
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: store);
        var held = await coordinator.AcquireAsync(Asker.A);
        await coordinator.SendAsync(Asker.B.Wait(), Asker.B);
        await Eventually.HoldsAsync(() => store.Commits.Count == 2);

        var found = await AskAsync<DescribeLock, LockDescription>(coordinator, new DescribeLock(held.Key));

        Assert.Equal((Asker.A.AttemptId, held.FencingToken, 0), (found.Holder!.AttemptId, found.Holder.FencingToken, found.Waiters));
        hanging.SetResult(null);
    }

    [Fact]
    public async Task ALockThatExpired_IsFree_BeforeAnyTimerHasSeenIt()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var held = await coordinator.AcquireAsync(Asker.A, lease: 30);
        coordinator.Timer.Dispose();
        coordinator.Time.Advance(TimeSpan.FromSeconds(30));

        var found = await AskAsync<DescribeLock, LockDescription>(coordinator, new DescribeLock(held.Key));

        Assert.Equal((LockStates.Free, null, held.FencingToken), (found.State, found.Holder, found.LastFencingToken));
        Assert.Empty((await AskAsync<ListLocks, LockPage>(coordinator, new ListLocks())).Locks);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task ABadQuery_IsRefused_WithTheFieldAndTheLimit(string @case)
    {
        var (query, says) = BadQueries[@case];
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        var refused = await Assert.ThrowsAsync<RequestFaultException>(() => query switch
        {
            DescribeLock describe => AskAsync<DescribeLock, LockDescription>(coordinator, describe),
            ListLocks list => AskAsync<ListLocks, LockPage>(coordinator, list),
            var list => (Task)AskAsync<ListLeases, LeasePage>(coordinator, (ListLeases)list),
        });

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<TAnswer> AskAsync<TQuery, TAnswer>(CoordinatorUnderTest coordinator, TQuery query)
        where TQuery : class
        where TAnswer : class =>
        (await coordinator.Harness.Bus.CreateRequestClient<TQuery>(RequestTimeout.After(s: 60)).GetResponse<TAnswer>(query, Cancel)).Message;
}
