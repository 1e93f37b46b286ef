using Locks.Contracts;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using Locks.Transport.Batches;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga.Batches;

/// <summary>Many commands in one message: one commit, one message of answers, and each command by itself all the same.</summary>
public sealed class BatchTests
{
    private static readonly Uri Client = new("loopback://localhost/client");
    private static readonly Uri OtherClient = new("loopback://localhost/other-client");

    private readonly ScriptedStore _store = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ManyLocks_AreOneCommit_AndOneMessageOfAnswers(bool lean)
    {
        await using var coordinator = await StartAsync();

        var batch = Batch([.. Enumerable.Range(0, 100).Select(i => Acquire($"key {i}"))]);
        await DeliverAsync(coordinator, batch, lean);

        Assert.Equal(100, Assert.Single(_store.Commits).Count);
        var answers = Assert.Single(AnswersTo(coordinator, Client));
        Assert.Equal([batch.BatchId], answers.Completed);
        Assert.Equal(batch.Commands.Select(command => command.Acquire!.AcquireId), answers.Replies.Select(reply => reply.Acquired!.AcquireId));
        Assert.Equal(100, coordinator.Timer.Count);
    }

    [Fact]
    public async Task CommandsOnOneKey_AreDecidedInTheirOrder_InOneCommit()
    {
        await using var coordinator = await StartAsync();
        var (first, second, third) = (Acquire("key"), Acquire("key"), Acquire("key", wait: 60));

        await DeliverAsync(coordinator, Batch(first, second, third));

        Assert.Single(_store.Commits);
        Assert.Collection(
            Assert.Single(AnswersTo(coordinator, Client)).Replies,
            reply => Assert.Equal(first.Acquire!.AcquireId, reply.Acquired?.AcquireId),
            reply => Assert.Equal((second.Acquire!.AcquireId, DenyReasons.Busy), (reply.Denied!.AcquireId, reply.Denied.Reason)));
        Assert.Equal(third.Acquire!.AcquireId, (await coordinator.StoredAsync("key"))!.State.Waiters.Head!.AcquireId);
    }

    [Fact]
    public async Task AReleaseAndTheNextGrant_AreOneCommit_AndEachClientGetsItsOwnAnswer()
    {
        await using var coordinator = await StartAsync();
        await DeliverAsync(coordinator, Batch(Acquire("key")));
        await DeliverAsync(coordinator, Batch(OtherClient, Acquire("key", wait: 60)));
        var held = Assert.Single(AnswersTo(coordinator, Client)).Replies[0].Acquired!;
        var release = new LockCommand { RequestId = Guid.CreateVersion7(), Release = new ReleaseLock("key", held.OwnerToken) };

        await DeliverAsync(coordinator, Batch(release));

        Assert.Equal(3, _store.Commits.Count);
        var released = Assert.Single(AnswersTo(coordinator, Client)[^1].Replies);
        Assert.Equal((release.RequestId, held.FencingToken), (released.RequestId, released.Released!.FencingToken));
        Assert.True(Assert.Single(AnswersTo(coordinator, OtherClient)[^1].Replies).Acquired!.FencingToken > held.FencingToken);
    }

    [Fact]
    public async Task AWaiterWithAMessageOfItsOwn_IsGrantedByABatch_InAMessageOfItsOwn()
    {
        await using var coordinator = await StartAsync();
        await DeliverAsync(coordinator, Batch(Acquire(CoordinatorUnderTest.Key)));
        await coordinator.DeliverAsync(Asker.A.Wait(), Asker.A);
        var held = Assert.Single(AnswersTo(coordinator, Client)).Replies[0].Acquired!;

        await DeliverAsync(coordinator, Batch(new LockCommand { Release = new ReleaseLock(held.Key, held.OwnerToken) }));

        Assert.Equal(Asker.A.AcquireId, (await coordinator.ReplyAsync<LockAcquired>(Asker.A)).AcquireId);
    }

    [Fact]
    public async Task AWaiterOfABatch_IsGrantedByAMessageOfItsOwn_InTheFormOfABatch()
    {
        await using var coordinator = await StartAsync();
        var held = await coordinator.AcquireAsync(Asker.A);
        var waits = Acquire(held.Key, wait: 60);
        await DeliverAsync(coordinator, Batch(waits));

        await coordinator.DeliverAsync(new ReleaseLock(held.Key, held.OwnerToken), Asker.A);

        await Eventually.HoldsAsync(() => AnswersTo(coordinator, Client).Count == 2);
        Assert.Equal(waits.Acquire!.AcquireId, Assert.Single(AnswersTo(coordinator, Client)[^1].Replies).Acquired!.AcquireId);
    }

    [Fact]
    public async Task ABadCommand_IsAnsweredAlone()
    {
        await using var coordinator = await StartAsync();
        var (good, bad, worse) = (Acquire("key"), Acquire(""), new LockCommand { RequestId = Guid.CreateVersion7(), Release = new ReleaseLock("key", "") });
        var empty = new LockCommand { RequestId = Guid.CreateVersion7() };

        await DeliverAsync(coordinator, Batch(bad, good, worse, empty));

        var replies = Assert.Single(AnswersTo(coordinator, Client)).Replies;
        Assert.Equal(4, replies.Count);
        Assert.Contains(replies, reply => reply.Acquired?.AcquireId == good.Acquire!.AcquireId);
        Assert.Contains(replies, reply => reply.Denied is { Reason: DenyReasons.Invalid } denied && denied.Detail!.Contains("Key is missing", StringComparison.Ordinal));
        Assert.Contains(replies, reply => reply.RequestId == worse.RequestId && reply.Failed!.Reason.Contains("OwnerToken is missing", StringComparison.Ordinal));
        Assert.Contains(replies, reply => reply.RequestId == empty.RequestId && reply.Failed is not null);
    }

    [Fact]
    public async Task AConflict_IsDecidedAgain_AndHoldsUpNothingElse()
    {
        var contested = LockKey.ToId("contested");
        _store.OnCommit = (commit, writes) => Task.FromResult(
            commit == 1 ? RefusingOnly(contested, writes) : null);
        await using var coordinator = await StartAsync();
        var batch = Batch(Acquire("a"), Acquire("contested"), Acquire("b"));

        await DeliverAsync(coordinator, batch);

        var answers = AnswersTo(coordinator, Client);
        Assert.Equal(2, answers.Count);
        Assert.Equal(["a", "b"], answers[0].Replies.Select(reply => reply.Acquired!.Key));
        Assert.Null(answers[0].Completed);
        Assert.Equal("contested", Assert.Single(answers[1].Replies).Acquired!.Key);
        Assert.Equal([batch.BatchId], answers[1].Completed);
        Assert.Equal(3, coordinator.Timer.Count);

        IReadOnlySet<Guid>? RefusingOnly(Guid id, IReadOnlyList<LockWrite> writes)
        {
            _store.Inner.CommitAsync([.. writes.Where(write => write.Id != id)], CancellationToken.None);
            return new HashSet<Guid> { id };
        }
    }

    [Fact]
    public async Task NoAnswer_LeavesBeforeItsCommit_AndOtherLocksGoOnMeanwhile()
    {
        var reached = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        _store.OnCommit = async (commit, _) =>
        {
            if (commit != 1)
                return null;
            reached.TrySetResult();
            await goOn.Task;
            return null;
        };
        await using var coordinator = await StartAsync();

        var first = await SendAsync(coordinator, Batch(Acquire("key")));
        await reached.Task.Within();
        // On the same key: has to wait for what the first one leads to. On another: not.
        var second = await SendAsync(coordinator, Batch(OtherClient, Acquire("key")));
        await DeliverAsync(coordinator, Batch(OtherClient, Acquire("another")));
        Assert.Empty(AnswersTo(coordinator, Client));
        Assert.Equal("another", Assert.Single(AnswersTo(coordinator, OtherClient)).Replies[0].Acquired!.Key);
        goOn.SetResult();

        await coordinator.DoneAsync(first);
        await coordinator.DoneAsync(second);
        Assert.NotNull(Assert.Single(AnswersTo(coordinator, Client)).Replies[0].Acquired);
        Assert.Equal(DenyReasons.Busy, AnswersTo(coordinator, OtherClient)[^1].Replies[0].Denied!.Reason);
    }

    [Fact]
    public async Task WhileCommitsAreUnderWay_WhatComes_IsGatheredIntoOne()
    {
        var goOn = new TaskCompletionSource();
        _store.OnCommit = async (commit, _) =>
        {
            if (commit <= 2)
                await goOn.Task;
            return null;
        };
        await using var coordinator = await StartAsync(queues: 1);
        var busy = new[] { await SendAsync(coordinator, Batch(Acquire("busy 1"))), await SendAsync(coordinator, Batch(Acquire("busy 2"))) };
        await Eventually.HoldsAsync(() => _store.Commits.Count == 2);

        var others = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SendAsync(coordinator, Batch(Acquire($"key {i}")))));
        await Eventually.HoldsAsync(() => coordinator.Received == 22);
        goOn.SetResult();

        await Task.WhenAll(busy.Concat(others).Select(coordinator.DoneAsync));
        Assert.True(_store.Commits.Count <= 4, $"{_store.Commits.Count} commits");
        Assert.Equal(22, _store.Commits.Sum(commit => commit.Count));
    }

    [Fact]
    public async Task AnAddressThatNothingCanBeSentTo_KeepsNoAnswerFromTheOthers()
    {
        await using var coordinator = await StartAsync();
        await DeliverAsync(coordinator, Batch(Acquire("a"), Acquire("b")));
        var held = Assert.Single(AnswersTo(coordinator, Client)).Replies.Select(reply => reply.Acquired!).ToList();
        var unreachable = new Uri("rabbitmq://localhost/elsewhere");
        Assert.NotNull((await DeliverAsync(coordinator, Batch(unreachable, Acquire("a", wait: 60)))).Fault);
        await DeliverAsync(coordinator, Batch(OtherClient, Acquire("b", wait: 60)));

        // The first release is reported to the client and the grant to none, the second grant to the other client.
        var batch = Batch([.. held.Select(grant => new LockCommand { RequestId = Guid.CreateVersion7(), Release = new ReleaseLock(grant.Key, grant.OwnerToken) })]);
        var delivery = await DeliverAsync(coordinator, batch);

        Assert.Null(delivery.Fault);
        Assert.Equal([batch.BatchId], AnswersTo(coordinator, Client)[^1].Completed);
        Assert.Equal("b", Assert.Single(AnswersTo(coordinator, OtherClient)[^1].Replies).Acquired!.Key);
        Assert.Contains(coordinator.Logs.Lines, line => line.Contains("Replies to rabbitmq://localhost/elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ABatchIsDone_OnlyWhenAllOfItIsTold_HoweverManyCommitsItTook()
    {
        var (goOn, tell) = (new TaskCompletionSource(), new TaskCompletionSource());
        _store.OnCommit = async (commit, _) =>
        {
            if (commit == 1)
                await goOn.Task;
            return null;
        };
        await using var coordinator = await StartAsync();
        var telling = new HeldBack("free", tell.Task);
        coordinator.Harness.Bus.ConnectSendObserver(telling);
        var first = await SendAsync(coordinator, Batch(OtherClient, Acquire("busy")));
        await Eventually.HoldsAsync(() => _store.Commits.Count == 1);
        var second = await SendAsync(coordinator, Batch(Acquire("free"), Acquire("busy")));
        await telling.Reached.Within();

        goOn.SetResult();
        await coordinator.DoneAsync(first);
        await Eventually.HoldsAsync(() => AnswersTo(coordinator, Client).Count == 1);
        // A message that goes all the way takes longer than the end of one that would be done by now.
        await DeliverAsync(coordinator, Batch(OtherClient, Acquire("another")));
        var done = coordinator.DoneAsync(second);
        Assert.False(done.IsCompleted);

        tell.SetResult();
        Assert.Null((await done).Fault);
        Assert.Equal(2, AnswersTo(coordinator, Client).Count);
    }

    [Fact]
    public async Task AStoreThatStaysAway_IsTold_CommandByCommand()
    {
        _store.OnCommit = (_, _) => throw new LockStoreUnavailableException("The store is away.", new TimeoutException());
        await using var coordinator = await StartAsync(timeoutMs: 100);
        var batch = Batch(Acquire("a"), Acquire("b"));

        var delivery = await DeliverAsync(coordinator, batch);

        Assert.NotNull(delivery.Fault);
        var answers = Assert.Single(AnswersTo(coordinator, Client));
        Assert.Equal([batch.BatchId], answers.Completed);
        Assert.Equal(
            [(batch.Commands[0].Acquire!.AcquireId, "The store is away."), (batch.Commands[1].Acquire!.AcquireId, "The store is away.")],
            answers.Replies.Select(reply => (reply.RequestId!.Value, reply.Failed!.Reason)));
    }

    [Fact]
    public async Task AStoreThatComesBack_IsTriedAgain_AndAnsweredOnce()
    {
        _store.OnCommit = (commit, _) => commit <= 3 ? throw new LockStoreUnavailableException("The store is away.", new TimeoutException()) : ScriptedStore.GoOn();
        await using var coordinator = await StartAsync();

        await DeliverAsync(coordinator, Batch(Acquire("a")));

        Assert.NotNull(Assert.Single(Assert.Single(AnswersTo(coordinator, Client)).Replies).Acquired);
        Assert.Equal(1, coordinator.Timer.Count);
    }

    [Fact]
    public async Task ABatchThatMakesNoSense_IsKeptAsFailed()
    {
        await using var coordinator = await StartAsync();

        foreach (var bad in new[]
        {
            Batch(Acquire("a")) with { BatchId = Guid.Empty },
            Batch(Acquire("a")) with { ReplyTo = "nowhere" },
            Batch(),
            Batch([.. Enumerable.Repeat(Acquire("a"), LockLimits.MaxBatch + 1)]),
        })
        {
            var delivery = await DeliverAsync(coordinator, bad);
            Assert.Contains("LockCommands: ", delivery.Fault!.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_store.Commits);
    }

    private static LockCommand Acquire(string key, double? wait = null) => new()
    {
        Acquire = new AcquireLock(
            key, Guid.CreateVersion7(), "owner", TimeSpan.FromSeconds(30), wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null, ClientId: "session"),
    };

    private static LockCommands Batch(params LockCommand[] commands) => Batch(Client, commands);

    private static LockCommands Batch(Uri client, params LockCommand[] commands) => new(Guid.CreateVersion7(), client.OriginalString, commands);

    private static List<LockReplies> AnswersTo(CoordinatorUnderTest coordinator, Uri client) =>
        [.. coordinator.AllSent.Where(sent => sent.To == client).Select(sent => sent.Message).OfType<LockReplies>()];

    private static Task<Guid> SendAsync(CoordinatorUnderTest coordinator, LockCommands batch, bool lean = true) =>
        coordinator.SendAsync(batch, configure: send =>
        {
            if (lean)
                send.Serializer = BatchSerializer.Commands;
        });

    private static async Task<Delivery> DeliverAsync(CoordinatorUnderTest coordinator, LockCommands batch, bool lean = true) =>
        await coordinator.DoneAsync(await SendAsync(coordinator, batch, lean));

    private Task<CoordinatorUnderTest> StartAsync(int timeoutMs = 20_000, int queues = 4) => CoordinatorUnderTest.StartAsync(
        options =>
        {
            options.StoreRetryTimeout = TimeSpan.FromMilliseconds(timeoutMs);
            options.Partitions = queues;
        },
        _store);

    /// <summary>Holds the grant of one lock back on its way out.</summary>
    private sealed class HeldBack(string key, Task until) : ISendObserver
    {
        private readonly TaskCompletionSource _reached = new();

        public Task Reached => _reached.Task;

        public Task PreSend<T>(SendContext<T> context)
            where T : class
        {
            if (context.Message is not LockReplies { Replies: var replies } || !replies.Any(reply => reply.Acquired?.Key == key))
                return Task.CompletedTask;
            _reached.TrySetResult();
            return until;
        }

        public Task PostSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
