using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.TestKit;
using Locks.Transport;
using MassTransit;

namespace Locks.Client.Tests;

/// <summary>
/// A coordinator that the test scripts: records the messages that it receives, and answers as the test says, or not at all.
/// </summary>
internal sealed class FakeCoordinator :
    IConsumer<LockCommands>, IConsumer<GrantLease>, IConsumer<RenewLease>, IConsumer<RevokeLease>, IConsumer<DescribeLease>,
    IReceiveObserver
{
    private readonly ConcurrentQueue<Exchange> _exchanges = new();
    private readonly ConcurrentQueue<object> _received = new();
    private long _fence;
    private int _batches;

    /// <summary>Everything that was received, in order.</summary>
    public IReadOnlyCollection<object> Received => _received;

    /// <summary>How many messages of commands were received, however many commands they brought.</summary>
    public int Batches => Volatile.Read(ref _batches);

    public Func<AcquireLock, object?> OnAcquire { get; set; } = _ => null;

    public Func<RenewLock, object?> OnRenew { get; set; } = renew => new LockRenewed(renew.Key, 1, renew.Lease);

    public Func<ReleaseLock, object?> OnRelease { get; set; } = release => new LockReleased(release.Key, 1);

    public Func<RevokeLock, object?> OnRevoke { get; set; } = revoke => new LockRevoked(revoke.Key, 1, "holder");

    public Func<GrantLease, object?> OnGrantLease { get; set; } = grant => new LeaseGranted(grant.LeaseId, grant.Ttl);

    public Func<RenewLease, object?> OnRenewLease { get; set; } = renew => new LeaseRenewed(renew.LeaseId, renew.Ttl);

    public Func<RevokeLease, object?> OnRevokeLease { get; set; } = revoke => new LeaseRevoked(revoke.LeaseId);

    public Func<DescribeLease, object?> OnDescribeLease { get; set; } = describe => new LeaseNotFound(describe.LeaseId);

    /// <summary>The reply address and the request id of the last acquire or grant of a lease.</summary>
    public (Uri Address, Guid RequestId)? LastRequester { get; private set; }

    public IEnumerable<T> All<T>() => _received.OfType<T>();

    /// <summary>
    /// Waits until so many messages of a kind have arrived and the client has taken in their answers: what the test does next comes after
    /// that.
    /// </summary>
    public Task ReceivedAsync<T>(int count = 1) => Eventually.HoldsAsync(
        () => _exchanges.Where(exchange => exchange.IsOver).SelectMany(exchange => exchange.Messages).OfType<T>().Count() >= count,
        what: $"{count} × {typeof(T).Name}, answered");

    /// <summary>A grant with an owner token and a fencing token of its own.</summary>
    public LockAcquired Grant(AcquireLock acquire, TimeSpan? lease = null)
    {
        var fence = Interlocked.Increment(ref _fence);
        return new LockAcquired(acquire.Key, acquire.AcquireId, $"token {fence}", fence, lease ?? acquire.Lease);
    }

    /// <summary>Sends replies to the last requester, and waits until it has taken them in.</summary>
    public async Task SendRepliesAsync(LockFixture fixture, LockReplies replies)
    {
        var told = new Exchange([], NewId.NextGuid());
        Begin(told);
        await ReplyRoute.To(LastRequester!.Value.Address, fixture.Bus.Address)
            .SendAsync(fixture.Sender, replies with { Completed = [told.Id!.Value] }, CancellationToken.None);
        await Eventually.HoldsAsync(() => told.IsOver);
    }

    /// <summary>
    /// Sends a message unasked, or again, to the last requester: under the request id of its request, unless another one is given.
    /// </summary>
    public async Task SendUnaskedAsync<T>(LockFixture fixture, T word, Guid? requestId = null)
        where T : class
    {
        var route = ReplyRoute.To(LastRequester!.Value.Address, fixture.Bus.Address);
        var id = requestId ?? LastRequester!.Value.RequestId;
        await (word is LeaseEnded
            ? route.SendAsync(fixture.Sender, id, word, CancellationToken.None)
            : route.SendAsync(fixture.Sender, new LockReplies([ReplyCatalogue.Wrap(word, id)]), CancellationToken.None));
    }

    /// <summary>Reports every batch as decided at once, whatever the answers to its commands, so that none holds up another.</summary>
    public async Task Consume(ConsumeContext<LockCommands> context)
    {
        Interlocked.Increment(ref _batches);
        var replies = new List<LockReply>();
        var messages = new List<object>();
        foreach (var command in context.Message.Commands)
        {
            var type = CommandCatalogue.TypeOf(command);
            var (message, requestId) = (type.MessageIn(command)!, type.RequestIdOf(command));
            messages.Add(message);
            if (message is AcquireLock)
                LastRequester = (new Uri(context.Message.ReplyTo), requestId!.Value);
            try
            {
                if (AnswerTo(message) is { } answer)
                    replies.Add(ReplyCatalogue.Wrap(answer, requestId));
            }
            catch (InvalidOperationException exception)
            {
                replies.Add(ReplyCatalogue.Wrap(new CommandFailed(message.GetType().Name, exception.Message), requestId));
            }
        }

        Begin(new Exchange(messages, context.Message.BatchId));

        await ReplyRoute.To(new Uri(context.Message.ReplyTo), context.ReceiveContext.InputAddress)
            .SendAsync(context, new LockReplies(replies, [context.Message.BatchId]), context.CancellationToken);
    }

    public Task Consume(ConsumeContext<GrantLease> context)
    {
        LastRequester = (context.ResponseAddress!, context.RequestId!.Value);
        return AnswerAsync(context, OnGrantLease);
    }

    public Task Consume(ConsumeContext<RenewLease> context) => AnswerAsync(context, OnRenewLease);

    public Task Consume(ConsumeContext<RevokeLease> context) => AnswerAsync(context, OnRevokeLease);

    public Task Consume(ConsumeContext<DescribeLease> context) => AnswerAsync(context, OnDescribeLease);

    Task IReceiveObserver.PreReceive(ReceiveContext context) => Task.CompletedTask;

    Task IReceiveObserver.PostReceive(ReceiveContext context) => Task.CompletedTask;

    Task IReceiveObserver.PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
    {
        if (context.Message is LockReplies replies)
            End(exchange => replies.Completed?.Contains(exchange.Id.GetValueOrDefault()) is true);
        else if (context.ResponseAddress is null && context.RequestId is { } id)
            End(exchange => exchange.Id == id);
        return Task.CompletedTask;
    }

    Task IReceiveObserver.ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) =>
        Task.CompletedTask;

    Task IReceiveObserver.ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;

    private object? AnswerTo(object command) => command switch
    {
        AcquireLock acquire => OnAcquire(acquire),
        RenewLock renew => OnRenew(renew),
        ReleaseLock release => OnRelease(release),
        RevokeLock revoke => OnRevoke(revoke),
        CancelAcquire or ConfirmGrant => null,
        _ => throw new InvalidOperationException($"The fake coordinator has no answer to a {command.GetType().Name}."),
    };

    private async Task AnswerAsync<T>(ConsumeContext<T> context, Func<T, object?> answer)
        where T : class
    {
        var reply = answer(context.Message);
        var isAnswered = reply is not null && context.ResponseAddress is not null;
        Begin(new Exchange([context.Message], context.RequestId) { IsOver = !isAnswered });
        if (isAnswered)
            await ReplyRoute.To(context.ResponseAddress!, context.ReceiveContext.InputAddress)
                .SendAsync(context, context.RequestId, reply!, CancellationToken.None);
    }

    private void Begin(Exchange exchange)
    {
        _exchanges.Enqueue(exchange);
        foreach (var message in exchange.Messages)
            _received.Enqueue(message);
    }

    private void End(Func<Exchange, bool> isOver)
    {
        foreach (var exchange in _exchanges.Where(isOver))
            exchange.IsOver = true;
    }

    /// <summary>Messages that came together, if any did, and the id under which they are answered.</summary>
    private sealed class Exchange(IReadOnlyList<object> messages, Guid? id)
    {
        private volatile bool _isOver;

        public IReadOnlyList<object> Messages => messages;

        public Guid? Id => id;

        public bool IsOver
        {
            get => _isOver;
            set => _isOver = value;
        }
    }
}
