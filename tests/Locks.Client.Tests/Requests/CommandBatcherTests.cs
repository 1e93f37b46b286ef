using Locks.Client.Requests;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>When commands leave, and which of them share a message.</summary>
public sealed class CommandBatcherTests
{
    /// <summary>So many are worth a message of their own while another is under way.</summary>
    private const int Enough = 64;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<LockCommands> _sent = [];
    private readonly ManualTimeProvider _time = new();
    private readonly CommandBatcher _batcher;
    private Task _sending = Task.CompletedTask;

    public CommandBatcherTests() => _batcher = new CommandBatcher(
        (batch, _) =>
        {
            lock (_gate)
                _sent.Add(batch);
            return _sending;
        },
        _time,
        TimeLimit);

    private int Sent
    {
        get
        {
            lock (_gate)
                return _sent.Count;
        }
    }

    [Fact]
    public async Task ALoneCommand_IsSentAtOnce_AndWhileItIsInFlightTheNextBatchFills()
    {
        Post("first");
        Assert.Equal(["first"], KeysOf(0));
        Post("a", "b", "c");
        Assert.Equal(1, Sent);

        _batcher.OnBatchDecided(Message(0).BatchId);

        await WaitForBatchesAsync(2);
        Assert.Equal(["a", "b", "c"], KeysOf(1));
    }

    [Fact]
    public void AWellFilledBatch_DoesNotWait_ButNoMoreThanTwoAreInFlight()
    {
        Post("first");
        Post([.. Names("a", Enough - 1)]);
        Assert.Equal(1, Sent);

        Post("the last that it takes");
        Assert.Equal(Enough, KeysOf(1).Count);
        Post([.. Names("b", Enough)]);

        Assert.Equal(2, Sent);
    }

    [Fact]
    public async Task ACommand_WaitsForOneOnItsKey_AndTheOthersGoAhead()
    {
        Post("hot");
        Post("hot", "hot");
        Post([.. Names("a", Enough)]);
        Assert.Equal(Names("a", Enough - 2), KeysOf(1));

        _batcher.OnBatchDecided(Message(1).BatchId);
        _batcher.OnBatchDecided(Message(0).BatchId);

        await WaitForBatchesAsync(3);
        Assert.Equal(["hot", "hot", .. Names("a", Enough).Skip(Enough - 2)], KeysOf(2));
    }

    [Theory]
    [InlineData(4, LockLimits.MaxBatch)]
    [InlineData(512, 286)]
    public async Task AMessage_TakesSoManyCommandsAndBytes_InTheirOrder(int keyLength, int commands)
    {
        var sent = new TaskCompletionSource();
        _sending = sent.Task;
        Post("first");
        string[] keys = [.. Enumerable.Range(0, 2_000).Select(index => $"{index}".PadLeft(keyLength, 'k'))];
        Post(keys);
        Assert.Equal(1, Sent);
        _sending = Task.CompletedTask;

        sent.SetResult();

        await WaitForBatchesAsync(2);
        Assert.Equal(keys.Take(commands), KeysOf(1));
    }

    [Fact]
    public async Task ACommandThatDoesNotFit_IsNotLost_BehindACommandThatWaitsForItsKey()
    {
        var sent = new TaskCompletionSource();
        _sending = sent.Task;
        Post("hot");
        Post(["hot", .. Names("a", LockLimits.MaxBatch + 10)]);
        _sending = Task.CompletedTask;
        sent.SetResult();
        await WaitForBatchesAsync(2);
        Assert.Equal(Names("a", LockLimits.MaxBatch), KeysOf(1));

        _batcher.OnBatchDecided(Message(1).BatchId);
        _batcher.OnBatchDecided(Message(0).BatchId);

        await WaitForBatchesAsync(3);
        Assert.Equal(["hot", .. Names("a", LockLimits.MaxBatch + 10).Skip(LockLimits.MaxBatch)], KeysOf(2));
    }

    [Fact]
    public async Task ABatchThatCouldNotBeSent_HoldsUpNoOther_AndItsErrorIsReported()
    {
        _sending = Task.FromException(new InvalidOperationException("The connection is dead."));
        Post("first");
        Assert.Equal("The connection is dead.", _batcher.LastSendError?.Message);
        _sending = Task.CompletedTask;

        Post("next");

        await WaitForBatchesAsync(2);
        Assert.Null(_batcher.LastSendError);
    }

    [Fact]
    public async Task OfTwoUndecidedBatches_EachHoldsUpTheNext_ForItsOwnTimeOnly()
    {
        Post("first");
        _time.Advance(TimeLimit / 2);
        Post([.. Names("a", Enough)]);
        Assert.Equal(2, Sent);

        Post("last");
        _time.Advance(TimeLimit / 2);
        Assert.Equal(2, Sent);
        _time.Advance(TimeLimit / 2);

        await WaitForBatchesAsync(3);
    }

    private static IEnumerable<string> Names(string prefix, int count) => Enumerable.Range(0, count).Select(index => $"{prefix}{index}");

    private void Post(params string[] keys)
    {
        foreach (var key in keys)
        {
            var command = new LockCommand { Cancel = new CancelAcquire(key, LockKey.ToId(key)) };
            _batcher.Post(new OutgoingCommand(command, key, Deadline.After(_time, TimeSpan.FromMinutes(1)), request: null));
        }
    }

    private Task WaitForBatchesAsync(int count) => Eventually.HoldsAsync(() => Sent == count);

    private LockCommands Message(int index)
    {
        lock (_gate)
            return _sent[index];
    }

    private IReadOnlyList<string> KeysOf(int index) => [.. Message(index).Commands.Select(command => command.Cancel!.Key)];
}
