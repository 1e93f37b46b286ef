using System.Collections.Concurrent;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>Acquires of a lock that a cohort of the client holds may travel with its release.</summary>
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
        _batcher = new CommandBatcher(SendAsync, _time, decisionTimeout: TimeSpan.FromSeconds(1));
        Post(new LockCommand { Revoke = new RevokeLock("another", LockKey.ToId("r"), "an operator") });
        _time.Advance(RoundTrip);
        CompleteBatch();
    }

    [Fact]
    public async Task AnAcquireThatWaits_TravelsWithTheRelease()
    {
        _batcher.HandoffStarted(LockId, othersWait: false);
        Post(Acquire("a"));
        _batcher.HandoffStarted(LockId, othersWait: false);
        Post(Acquire("b"));
        Assert.Single(_sent);

        Post(Release);

        await ReceivedAsync(Acquire("a"), Acquire("b"), Release);
    }

    [Fact]
    public async Task WithoutARelease_NothingIsDeferredForLongerThanAMessageTakes()
    {
        _batcher.HandoffStarted(LockId, othersWait: false);
        Post(Acquire("a"));
        _time.Advance(RoundTrip - Moment);
        _batcher.HandoffStarted(LockId, othersWait: false);
        Post(Acquire("b"));
        Assert.Single(_sent);

        _time.Advance(Moment);

        await ReceivedAsync(Acquire("a"), Acquire("b"));
    }

    [Fact]
    public async Task WhereAnotherClientIsNext_AnAcquireThatWaits_IsSentWhenTheReleaseIsAnswered()
    {
        _batcher.HandoffStarted(LockId, othersWait: true);
        Post(Acquire("a"));
        Post(Release);
        await ReceivedAsync(Release);
        CompleteBatch();
        Post(Acquire("b"));

        _batcher.HandoffCompleted(LockId);

        await ReceivedAsync(Acquire("a"), Acquire("b"));
    }

    [Fact]
    public async Task ALockThatIsGrantedAgainBeforeThat_DefersThemUntilItsNextRelease()
    {
        _batcher.HandoffStarted(LockId, othersWait: true);
        Post(Acquire("a"));
        Post(Release);
        await ReceivedAsync(Release);
        _time.Advance(RoundTrip);
        CompleteBatch();
        _batcher.HandoffStarted(LockId, othersWait: false);

        _batcher.HandoffCompleted(LockId);
        Post(Acquire("b"));
        Post(Release);

        await ReceivedAsync(Acquire("a"), Acquire("b"), Release);
    }

    [Fact]
    public async Task WhereAnotherClientIsNext_AWholeCohortMayPassFirst()
    {
        _batcher.HandoffStarted(LockId, othersWait: true);
        Post(Acquire("a"));
        foreach (var attempt in "bcdefgh")
        {
            _time.Advance(RoundTrip - Moment);
            _batcher.HandoffStarted(LockId, othersWait: true);
            Post(Acquire(attempt.ToString()));
        }

        Assert.Single(_sent);
        _time.Advance(RoundTrip - Moment);
        _batcher.HandoffStarted(LockId, othersWait: true);
        _time.Advance(RoundTrip);

        await ReceivedAsync([.. "abcdefgh".Select(attempt => Acquire(attempt.ToString()))]);
    }

    [Fact]
    public async Task WhereAnotherClientIsNext_AnUnansweredRelease_DefersNothingForLong()
    {
        _batcher.HandoffStarted(LockId, othersWait: true);
        Post(Acquire("a"));
        Post(Release);
        await ReceivedAsync(Release);
        CompleteBatch();

        _time.Advance(RoundTrip * 8);

        await ReceivedAsync(Acquire("a"));
    }

    [Fact]
    public async Task WhereAnotherClientIsNext_ASlowHolder_DefersNothing()
    {
        _batcher.HandoffStarted(LockId, othersWait: true);
        Post(Acquire("a"));

        _time.Advance(RoundTrip);

        await ReceivedAsync(Acquire("a"));
    }

    [Fact]
    public async Task AnAcquireThatDoesNotWait_IsSentAtOnce()
    {
        _batcher.HandoffStarted(LockId, othersWait: false);

        var trying = new LockCommand { Acquire = Acquire("a").Acquire! with { Wait = null } };
        Post(trying);

        await ReceivedAsync(trying);
    }

    [Fact]
    public async Task WhereOneMemberHoldsTheLock_NothingIsDeferred()
    {
        _batcher.HandoffStarted(LockId, othersWait: false);
        _time.Advance(RoundTrip);

        Post(Acquire("a"));

        await ReceivedAsync(Acquire("a"));
    }

    [Fact]
    public async Task AnotherLock_IsNotDeferred()
    {
        _batcher.HandoffStarted(LockKey.ToId("other"), othersWait: false);

        Post(Acquire("a"));

        await ReceivedAsync(Acquire("a"));
    }

    [Fact]
    public async Task ALostLock_DefersNothing()
    {
        _batcher.HandoffStarted(LockId, othersWait: false);
        Post(Acquire("a"));

        _batcher.HandoffAborted(LockId);
        await ReceivedAsync(Acquire("a"));
        CompleteBatch();
        Post(Acquire("b"));

        await ReceivedAsync(Acquire("b"));
    }

    private static LockCommand Release { get; } = new() { RequestId = LockKey.ToId("release"), Release = new ReleaseLock("k", "token") };

    private static LockCommand Acquire(string attempt) => new()
    {
        Acquire = new AcquireLock("k", LockKey.ToId(attempt), "me", TimeSpan.FromSeconds(30), Wait: TimeSpan.FromMinutes(1)),
    };

    private void Post(LockCommand command) => _batcher.Post(
        new OutgoingCommand(command, CommandCatalogue.TypeOf(command).KeyIn(command)!, Deadline.After(_time, TimeSpan.FromMinutes(1)), request: null));

    /// <summary>The next message is this, and it leaves without time passing.</summary>
    private async Task ReceivedAsync(params LockCommand[] commands)
    {
        var before = _seen++;
        await Eventually.HoldsAsync(() => _sent.Count == before + 1);
        Assert.Equal(commands, _sent.Last().Commands);
    }

    private void CompleteBatch() => _batcher.OnBatchDecided(_sent.Last().BatchId);

    private Task SendAsync(LockCommands batch, Deadline until)
    {
        _sent.Enqueue(batch);
        return Task.CompletedTask;
    }
}
