using Locks.Client.Core.Cohorts;
using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Transport;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Requests;

/// <summary>
/// Sends requests, and sends them again until they are answered: nothing depends on the broker keeping a message, because a repeated
/// request gets the same answer.
/// </summary>
internal sealed class RequestDispatcher
{
    private static readonly TimeSpan LongestResend = TimeSpan.FromSeconds(5);

    private readonly IBus _bus;
    private readonly TimeProvider _time;
    private readonly LockClientOptions _options;
    private readonly Uri _coordinator;
    private readonly PendingRequests _pendingRequests = new();
    private readonly TimerPool _timers;
    private readonly ReplyEndpoint _replies;
    private readonly PartitionedSender _sender;
    private readonly Heartbeat _heartbeat;

    public RequestDispatcher(IBus bus, BusReadiness start, TimeProvider time, LockClientOptions options, string clientId, ILogger logger)
    {
        _bus = bus;
        _time = time;
        _options = options;
        _timers = new TimerPool(time);
        _coordinator = EndpointAddress.Of(options.QueueName);
        var runs = new CohortRegistry(_pendingRequests, new CohortCommands(this, time, options, logger));
        var transport = LockTransport.For(bus.Address);
        _replies = new ReplyEndpoint(bus, start, transport, new ReplyConsumer(_pendingRequests, runs, GiveBack, Observe, logger));
        _sender = new PartitionedSender(bus, transport, _replies, time, options);
        _heartbeat = new Heartbeat(bus, transport, _replies, time, options, clientId);
    }

    /// <summary>Opens a request that is answered once.</summary>
    public PendingRequest Open() => _pendingRequests.Open(NewId.NextGuid());

    /// <summary>Opens a request for something that may be taken away again; whoever does disposes it when no word interests any more.</summary>
    public PendingRequest OpenForUpdates(Guid id, Action<LockQueued>? onQueued = null) => _pendingRequests.OpenForUpdates(id, onQueued);

    /// <summary>Connects the reply queue, if that was not done yet. When that fails, the request tries again, and tells.</summary>
    public async Task PrepareAsync(Deadline patience, CancellationToken cancellationToken)
    {
        Task connected = _replies.GetAddressesAsync(cancellationToken);
        if (!connected.IsCompleted)
            await connected.WaitAsync(patience.Left / 2, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>A lock has come from one hand to the next within this client, which gives it back when the last is done.</summary>
    public void HandoffStarted(Guid lockId, bool othersWait) => _sender.HandoffStarted(lockId, othersWait);

    /// <summary>A lock that went from hand to hand is given back: that was answered.</summary>
    public void HandoffCompleted(Guid lockId) => _sender.HandoffCompleted(lockId);

    /// <summary>A lock that went from hand to hand is lost: there will be no release.</summary>
    public void HandoffAborted(Guid lockId) => _sender.HandoffAborted(lockId);

    /// <summary>Asks and waits for the one answer.</summary>
    /// <exception cref="LockUnavailableException">There was no answer in time.</exception>
    public async Task<object> AskAsync<T>(T command, Deadline deadline, CancellationToken cancellationToken)
        where T : class
    {
        using var request = Open();
        return await AskAsync(request, command, deadline, line: null, cancellationToken).ConfigureAwait(false)
            ?? throw new LockUnavailableException("The coordinator put a request in line that does not wait.");
    }

    /// <summary>Asks under an open request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="deadline">Until when to wait for a sign of life.</param>
    /// <param name="line">How to wait once the request waits in line; it does not wait if there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer; <see langword="null"/> when its time in line is up.</returns>
    /// <exception cref="LockUnavailableException">There was no sign of life in time.</exception>
    public async Task<object?> AskAsync<T>(
        PendingRequest request, T command, Deadline deadline, QueueWait? line, CancellationToken cancellationToken)
        where T : class
    {
        Exception? trouble = null;
        using var timer = _timers.Take(request);
        using var given = cancellationToken.UnsafeRegister(static request => ((PendingRequest)request!).Wake(), request);
        var outgoing = CommandCatalogue.Wrap(command, request.Id) is { } inBatch
            ? new OutgoingCommand(inBatch, CommandCatalogue.KeyOf(command), Later(deadline, line?.Turn), request)
            : null;
        var resendAfter = _options.ResendAfter;
        Deadline? sent = null;
        var isInLine = false;
        try
        {
            while (!request.IsAnswered)
            {
                var until = request.IsQueued && line is not null ? line.Turn : deadline;
                if (until.HasPassed)
                    return request.IsQueued ? null : throw NoAnswer(deadline, outgoing is null ? trouble : _sender.Trouble);

                // Who has a place in line need not ask for it: the heartbeat speaks for all.
                var hasPosition = line is not null && request.HasPosition;
                if (hasPosition && !isInLine)
                {
                    (isInLine, resendAfter) = (true, _options.ResendAfter);
                    _heartbeat.Enter();
                }

                TimeSpan? askAfter = hasPosition ? line!.AskPositionAfter : resendAfter;
                if (sent is not { } last || (askAfter is { } pause && (last with { Length = pause }).HasPassed))
                {
                    var isRepeat = sent is not null;
                    request.IsRepeated |= isRepeat;
                    resendAfter = sent is null ? resendAfter : Least(resendAfter * 2, Most(LongestResend, _options.ResendAfter));
                    sent = Deadline.After(_time, resendAfter);
                    if (outgoing is not null)
                        _sender.Post(outgoing, isRepeat);
                    else
                        trouble = await TrySendAsync(request.Id, command, until, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                timer.Set(askAfter is { } time ? Least(until.Left, (last with { Length = time }).Left) : until.Left);
                await request.WaitForNewsAsync().ConfigureAwait(false);
                if (!request.IsAnswered)
                    cancellationToken.ThrowIfCancellationRequested();
            }

            return request.Answer;
        }
        finally
        {
            if (isInLine)
                _heartbeat.Leave();
        }
    }

    /// <summary>Sends something that has no answer, once. Trouble is not told: whoever uses this has a second line of defence.</summary>
    public void Tell<T>(T command)
        where T : class
    {
        var until = Deadline.After(_time, _options.RequestTimeout);
        if (CommandCatalogue.Wrap(command, requestId: null) is { } inBatch)
            _sender.Post(new OutgoingCommand(inBatch, CommandCatalogue.KeyOf(command), until, request: null), isRepeat: false);
        else
            _ = TrySendAsync(requestId: null, command, until, CancellationToken.None);
    }

    private async Task<Exception?> TrySendAsync<T>(Guid? requestId, T command, Deadline until, CancellationToken cancellationToken)
        where T : class
    {
        using var patience = new CancellationTokenSource(Most(until.Left, TimeSpan.FromMilliseconds(1)), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var replies = requestId is null ? null : await _replies.GetAddressesAsync(either.Token).ConfigureAwait(false);
            var endpoint = await _bus.GetSendEndpoint(_coordinator).WaitAsync(either.Token).ConfigureAwait(false);
            await endpoint.Send(
                command,
                send =>
                {
                    send.RequestId = requestId;
                    send.ResponseAddress = replies?.Single;
                    send.Durable = false;
                    send.TimeToLive = until.Left;
                },
                either.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return new TimeoutException("The broker could not be reached in time.");
        }
#pragma warning disable CA1031 // Whatever keeps a message from being sent, it is sent again until the time is up, and told then.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    private void GiveBack(LockAcquired stray) => Tell(new ReleaseLock(stray.Key, stray.OwnerToken));

    private void Observe(LockReplies replies) => _sender.Observe(replies);

    private LockUnavailableException NoAnswer(Deadline deadline, Exception? trouble) => new(
        $"No lock coordinator answered on '{_options.QueueName}' within {deadline.Length:c}. "
        + (trouble is null ? "Is one running on this broker?" : $"The last attempt to send failed: {trouble.Message}"),
        trouble);

    // Who would wait for less than an answer takes still wants the answer.
    private static Deadline Later(Deadline deadline, Deadline? turn) => turn is { } given && given.Left > deadline.Left ? given : deadline;

    private static TimeSpan Least(TimeSpan x, TimeSpan y) => x < y ? x : y;

    private static TimeSpan Most(TimeSpan x, TimeSpan y) => x > y ? x : y;
}
