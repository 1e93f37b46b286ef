using System.Collections.Concurrent;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>What is asked for a lock that goes from hand to hand within the client may travel with its release.</summary>
public sealed class HandoffBufferTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(0.5);
    private static readonly Guid LockId = LockKey.ToId("k");

    private readonly ManualTimeProvider _time = new();
    private readonly ConcurrentQueue<LockCommands> _sent = new();
    private readonly CommandBatcher _batcher;
    private int _seen = 1;

    public HandoffBufferTests()
    {
        _batcher = new CommandBatcher(SendAsync, _time, patience: TimeSpan.FromSeconds(1));
        Post(new LockCommand { Revoke = new RevokeLock("another", LockKey.ToId("r"), "somebody") });
        _time.Advance(RoundTrip);
        Settle();
    }

    [Fact]
    public async Task WhoWouldWait_AsksInTheMessageOfTheRelease()
    {
        _batcher.HandoffStarted(LockId, othersWait: false);
        Post(Acquire("a"));
        _batcher.HandoffStarted(LockId, othersWait: false);
        Post(Acquire("b"));
        Assert.Single(_sent);

        Post(Release);

        await ComesAsync(Acquire("a"), Acquire("b"), Release);
    }

    [Fact]
    public async Task WithoutARelease_NobodyIsHeldBackForLongerThanAMessageTakes()
    {
        _batcher.HandoffStarted(LockId, othersWait: false);
        Post(Acquire("a"));
        _time.Advance(RoundTrip - Moment);
        _batcher.HandoffStarted(LockId, othersWait: false);
        Post(Acquire("b"));
        Assert.Single(_sent);

        _time.Advance(Moment);

        await ComesAsync(Acquire("a"), Acquire("b"));
    }

    [Fact]
    public async Task WhereOthersStandInLine_WhoWouldWaitAsks_WhenTheReleaseIsAnswered()
    {
        _batcher.HandoffStarted(LockId, othersWait: true);
        Post(Acquire("a"));
        Post(Release);
        await ComesAsync(Release);
        Settle();
        Post(Acquire("b"));

        _batcher.HandoffCompleted(LockId);

        await ComesAsync(Acquire("a"), Acquire("b"));
    }

    [Fact]
    public async Task ALockThatHasComeBackAlready_KeepsThemUntilItIsGivenBackAgain()
    {
        _batcher.HandoffStarted(LockId, othersWait: true);
        Post(Acquire("a"));
        Post(Release);
        await ComesAsync(Release);
        _time.Advance(RoundTrip);
        Settle();
        _batcher.HandoffStarted(LockId, othersWait: false);

        _batcher.HandoffCompleted(LockId);
        Post(Acquire("b"));
        Post(Release);

        await ComesAsync(Acquire("a"), Acquire("b"), Release);
    }

    [Fact]
    public async Task WhereOthersStandInLine_AWholeRunMayPassFirst()
    {
        _batcher.HandoffStarted(LockId, othersWait: true);
        Post(Acquire("a"));
        foreach (var hand in "bcdefgh")
        {
            _time.Advance(RoundTrip - Moment);
            _batcher.HandoffStarted(LockId, othersWait: true);
            Post(Acquire(hand.ToString()));
        }

        Assert.Single(_sent);
        _time.Advance(RoundTrip - Moment);
        _batcher.HandoffStarted(LockId, othersWait: true);
        _time.Advance(RoundTrip);

        await ComesAsync([.. "abcdefgh".Select(hand => Acquire(hand.ToString()))]);
    }

    [Fact]
    public async Task WhereOthersStandInLine_AReleaseThatIsNotAnswered_HoldsNobodyBackForLong()
    {
        _batcher.HandoffStarted(LockId, othersWait: true);
        Post(Acquire("a"));
        Post(Release);
        await ComesAsync(Release);
        Settle();

        _time.Advance(RoundTrip * 8);

        await ComesAsync(Acquire("a"));
    }

    [Fact]
    public async Task WhereOthersStandInLine_ASlowHandHoldsNobodyBack()
    {
        _batcher.HandoffStarted(LockId, othersWait: true);
        Post(Acquire("a"));

        _time.Advance(RoundTrip);

        await ComesAsync(Acquire("a"));
    }

    [Fact]
    public async Task WhoTries_AsksAtOnce()
    {
        _batcher.HandoffStarted(LockId, othersWait: false);

        var trying = new LockCommand { Acquire = Acquire("a").Acquire! with { Wait = null } };
        Post(trying);

        await ComesAsync(trying);
    }

    [Fact]
    public async Task WhereTheLockStaysInOneHand_NobodyIsHeldBack()
    {
        _batcher.HandoffStarted(LockId, othersWait: false);
        _time.Advance(RoundTrip);

        Post(Acquire("a"));

        await ComesAsync(Acquire("a"));
    }

    [Fact]
    public async Task AnotherLock_IsNotHeldBack()
    {
        _batcher.HandoffStarted(LockKey.ToId("other"), othersWait: false);

        Post(Acquire("a"));

        await ComesAsync(Acquire("a"));
    }

    [Fact]
    public async Task ALockThatIsLost_HoldsNobodyBack()
    {
        _batcher.HandoffStarted(LockId, othersWait: false);
        Post(Acquire("a"));

        _batcher.HandoffAborted(LockId);
        await ComesAsync(Acquire("a"));
        Settle();
        Post(Acquire("b"));

        await ComesAsync(Acquire("b"));
    }

    private static LockCommand Release { get; } = new() { RequestId = LockKey.ToId("release"), Release = new ReleaseLock("k", "token") };

    private static LockCommand Acquire(string attempt) => new()
    {
        Acquire = new AcquireLock("k", LockKey.ToId(attempt), "me", TimeSpan.FromSeconds(30), Wait: TimeSpan.FromMinutes(1)),
    };

    private void Post(LockCommand command) => _batcher.Post(
        new OutgoingCommand(command, CommandCatalogue.TypeOf(command).KeyIn(command)!, Deadline.After(_time, TimeSpan.FromMinutes(1)), request: null));

    /// <summary>The next message is this, and it leaves without time passing.</summary>
    private async Task ComesAsync(params LockCommand[] commands)
    {
        var before = _seen++;
        await Eventually.HoldsAsync(() => _sent.Count == before + 1);
        Assert.Equal(commands, _sent.Last().Commands);
    }

    private void Settle() => _batcher.Settled(_sent.Last().BatchId);

    private Task SendAsync(LockCommands batch, Deadline until)
    {
        _sent.Enqueue(batch);
        return Task.CompletedTask;
    }
}
