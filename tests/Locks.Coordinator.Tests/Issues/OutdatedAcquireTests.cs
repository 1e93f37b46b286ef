using Locks.Contracts;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Locks.Transport.Batches;
using Xunit;

namespace Locks.Coordinator.Tests.Issues;

/// <summary>
/// A coordinator that was behind committed grants whose leases were over on arrival. Their callers asked again, and it never caught up.
/// </summary>
public sealed class OutdatedAcquireTests
{
    private const string Slow = "slow";

    private static readonly Uri Client = new("loopback://localhost/client");
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(100);

    private readonly ScriptedStore _store = new();
    private readonly TaskCompletionSource _commit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task AnAcquireThatIsOlderThanItsLease_IsDeniedWithoutACommit()
    {
        await using var coordinator = await StartAsync();
        var acquire = Acquire(Slow);

        var replies = await AskBehindASlowCommitAsync(coordinator, acquire, Lease);

        Assert.Equal((acquire.AcquireId, DenyReasons.Busy), (replies.Denied!.AcquireId, replies.Denied.Reason));
        Assert.Equal(2, _store.Commits.Count);
    }

    [Fact]
    public async Task AnAcquireWhoseCallerHasWaitedForLongEnough_IsDeniedWithoutACommit()
    {
        await using var coordinator = await StartAsync();
        var acquire = Acquire(Slow) with { Wait = TimeSpan.FromSeconds(1) };

        var replies = await AskBehindASlowCommitAsync(coordinator, acquire, TimeSpan.FromSeconds(1));

        Assert.Equal((acquire.AcquireId, DenyReasons.WaitTimedOut), (replies.Denied!.AcquireId, replies.Denied.Reason));
        Assert.Equal(2, _store.Commits.Count);
    }

    [Fact]
    public async Task AnAcquireThatIsStillOfUse_IsDecided()
    {
        await using var coordinator = await StartAsync();
        var acquire = Acquire(Slow) with { Wait = TimeSpan.FromSeconds(1) };

        await AskBehindASlowCommitAsync(coordinator, acquire, Lease, expectReply: false);

        await Eventually.HoldsAsync(() => _store.Commits.Count == 3);
    }

    /// <summary>The first commit takes its time, and the command that follows on the same lock waits for it.</summary>
    private async Task<LockReply> AskBehindASlowCommitAsync(
        CoordinatorUnderTest coordinator, AcquireLock acquire, TimeSpan meanwhile, bool expectReply = true)
    {
        _store.OnCommit = async (number, _) =>
        {
            if (number == 1)
                await _commit.Task;
            return null;
        };
        await SendAsync(coordinator, Acquire(Slow) with { Lease = TimeSpan.FromHours(1) });
        await Eventually.HoldsAsync(() => _store.Commits.Count == 1);
        // The commit of the other one shows that both have been received.
        await SendAsync(coordinator, acquire, Acquire("another") with { Lease = TimeSpan.FromHours(1) });
        await Eventually.HoldsAsync(() => _store.Commits.Count == 2);

        coordinator.Time.Advance(meanwhile);
        _commit.SetResult();

        if (!expectReply)
            return new LockReply();
        await Eventually.HoldsAsync(() => RepliesAbout(coordinator, acquire).Any());
        return RepliesAbout(coordinator, acquire).First();
    }

    private static AcquireLock Acquire(string key) => new(key, Guid.CreateVersion7(), "owner", Lease, ClientId: "session");

    private static IEnumerable<LockReply> RepliesAbout(CoordinatorUnderTest coordinator, AcquireLock acquire) => coordinator.AllSent
        .Where(sent => sent.To == Client)
        .Select(sent => sent.Message)
        .OfType<LockReplies>()
        .SelectMany(replies => replies.Replies)
        .Where(reply => reply.Denied?.AcquireId == acquire.AcquireId || reply.Acquired?.AcquireId == acquire.AcquireId);

    private static Task<Guid> SendAsync(CoordinatorUnderTest coordinator, params AcquireLock[] acquires) => coordinator.SendAsync(
        new LockCommands(
            Guid.CreateVersion7(), Client.OriginalString, [.. acquires.Select(acquire => new LockCommand { Acquire = acquire })]),
        configure: send => send.Serializer = BatchSerializer.Commands);

    private Task<CoordinatorUnderTest> StartAsync() => CoordinatorUnderTest.StartAsync(_ => { }, _store);
}
