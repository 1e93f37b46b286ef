using Locks.Client.Core.Cohorts;
using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Transport;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Requests;

/// <summary>
/// Sends requests, and sends them again until they are answered. Nothing depends on the broker keeping a message, because the coordinator
/// gives a repeated request the same answer.
/// </summary>
internal sealed class RequestDispatcher
{
    private static readonly TimeSpan MaxResendInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WithdrawTimeout = TimeSpan.FromSeconds(1);

    private readonly IBus _bus;
    private readonly TimeProvider _time;
    private readonly LockClientOptions _options;
    private readonly Uri _coordinator;
    private readonly PendingRequests _pendingRequests = new();
    private readonly TimerPool _timerPool;
    private readonly ReplyEndpoint _replies;
    private readonly PartitionedSender _sender;
    private readonly Heartbeat _heartbeat;

    public RequestDispatcher(IBus bus, BusReadiness start, TimeProvider time, LockClientOptions options, string clientId, ILogger logger)
    {
        _bus = bus;
        _time = time;
        _options = options;
        _timerPool = new TimerPool(time);
        _coordinator = EndpointAddress.Of(options.QueueName);
        var cohorts = new CohortRegistry(_pendingRequests, new CohortCommands(this, time, options, logger));
        var transport = LockTransport.For(bus.Address);
        _replies = new ReplyEndpoint(bus, start, transport, new ReplyConsumer(_pendingRequests, cohorts, ReleaseStray, Observe, logger));
        _sender = new PartitionedSender(bus, transport, _replies, time, options);
        _heartbeat = new Heartbeat(bus, transport, _replies, time, options, clientId);
    }

    /// <summary>Opens a request that is answered once.</summary>
    public PendingRequest Open() => _pendingRequests.Open(NewId.NextGuid());

    /// <summary>
    /// Opens a request for something that the coordinator may take away again. The caller disposes of it when it has no interest in that
    /// any more.
    /// </summary>
    public PendingRequest OpenForUpdates(Guid id, Action<LockQueued>? onQueued = null) => _pendingRequests.OpenForUpdates(id, onQueued);

    /// <summary>
    /// Connects the reply queue if that was not done yet, for at most half of the time that is left. A failure is not reported here: the
    /// request connects again, and reports it.
    /// </summary>
    public async Task ConnectAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        Task connected = _replies.GetAddressesAsync(cancellationToken);
        if (!connected.IsCompleted)
            await connected.WaitAsync(deadline.Left / 2, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc cref="CommandBatcher.HandoffStarted"/>
    public void HandoffStarted(Guid lockId, bool othersWait) => _sender.HandoffStarted(lockId, othersWait);

    /// <inheritdoc cref="CommandBatcher.HandoffCompleted"/>
    public void HandoffCompleted(Guid lockId) => _sender.HandoffCompleted(lockId);

    /// <inheritdoc cref="CommandBatcher.HandoffAborted"/>
    public void HandoffAborted(Guid lockId) => _sender.HandoffAborted(lockId);

    /// <summary>Sends a request and waits for its one answer.</summary>
    /// <exception cref="LockUnavailableException">No answer came in time, or the coordinator failed to serve the request.</exception>
    public async Task<object> RequestAsync<T>(T command, Deadline deadline, CancellationToken cancellationToken)
        where T : class
    {
        using var request = Open();
        return await RequestAsync(request, command, deadline, wait: null, cancellationToken).ConfigureAwait(false)
            ?? throw new LockUnavailableException("The coordinator queued a request that does not wait in a queue.");
    }

    /// <summary>Sends an open request and waits for its answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="command">What to send.</param>
    /// <param name="deadline">Until when to wait for the first reply, be it the answer or that the request is queued.</param>
    /// <param name="wait">How to wait once the request is queued; absent for a request that does not wait in a queue.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer; <see langword="null"/> when the request's time in the queue is up.</returns>
    /// <exception cref="LockUnavailableException">No reply came in time, or the coordinator failed to serve the request.</exception>
    public async Task<object?> RequestAsync<T>(
        PendingRequest request, T command, Deadline deadline, QueueWait? wait, CancellationToken cancellationToken)
        where T : class
    {
        Exception? sendError = null;
        using var timer = _timerPool.Rent(request);
        using var cancellation = cancellationToken.UnsafeRegister(static request => ((PendingRequest)request!).Signal(), request);
        var outgoing = CommandCatalogue.Wrap(command, request.Id) is { } batchable
            ? new OutgoingCommand(batchable, CommandCatalogue.KeyOf(command), LaterOf(deadline, wait?.Until), request)
            : null;
        var resendAfter = _options.ResendAfter;
        Deadline? sent = null;
        var isCountedAsWaiter = false;
        try
        {
            while (!request.IsAnswered)
            {
                var until = request.IsQueued && wait is not null ? wait.Until : deadline;
                if (until.HasPassed)
                    return request.IsQueued ? null : throw NoAnswer(deadline, outgoing is null ? sendError : _sender.LastSendError);

                // A queued request is not sent again: the heartbeat keeps all of this client's waiters alive.
                var hasPosition = wait is not null && request.HasPosition;
                if (hasPosition && !isCountedAsWaiter)
                {
                    (isCountedAsWaiter, resendAfter) = (true, _options.ResendAfter);
                    _heartbeat.Enter();
                }

                TimeSpan? resendDue = hasPosition ? wait!.ProgressInterval : resendAfter;
                if (sent is not { } last || (resendDue is { } pause && (last with { Length = pause }).HasPassed))
                {
                    var isRepeat = sent is not null;
                    request.IsRepeated |= isRepeat;
                    resendAfter = sent is null ? resendAfter : Min(resendAfter * 2, Max(MaxResendInterval, _options.ResendAfter));
                    sent = Deadline.After(_time, resendAfter);
                    if (outgoing is not null)
                        _sender.Post(outgoing, isRepeat);
                    else
                        sendError = await TrySendAsync(request.Id, command, until, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                timer.Set(resendDue is { } time ? Min(until.Left, (last with { Length = time }).Left) : until.Left);
                await request.WaitForSignalAsync().ConfigureAwait(false);
                if (!request.IsAnswered)
                    cancellationToken.ThrowIfCancellationRequested();
            }

            return request.Answer;
        }
        finally
        {
            if (isCountedAsWaiter)
                _heartbeat.Leave();
        }
    }

    /// <summary>
    /// Takes back what a request that is given up has asked for. A failure is not reported: what was asked for ends by itself with its lease
    /// or its wait. The command leaves before this completes, or 1 s has passed: the caller may stop the bus next, and what has not left by
    /// then never does.
    /// </summary>
    public async Task WithdrawAsync<T>(T command)
        where T : class =>
        await SendOneWayAsync(command)
            .WaitAsync(WithdrawTimeout, _time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Sends a command once, without an answer.</summary>
    /// <returns>Completes when the command has left, or could not be sent. Never faults.</returns>
    private Task SendOneWayAsync<T>(T command)
        where T : class
    {
        var until = Deadline.After(_time, _options.RequestTimeout);
        if (CommandCatalogue.Wrap(command, requestId: null) is not { } batchable)
            return TrySendAsync(requestId: null, command, until, CancellationToken.None);

        var outgoing = new OutgoingCommand(batchable, CommandCatalogue.KeyOf(command), until, request: null);
        _sender.Post(outgoing, isRepeat: false);
        return outgoing.Sent;
    }

    private async Task<Exception?> TrySendAsync<T>(Guid? requestId, T command, Deadline until, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = new CancellationTokenSource(Max(until.Left, TimeSpan.FromMilliseconds(1)), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
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
#pragma warning disable CA1031 // Whatever the failure: the request is sent again until its time is up, and reports the failure then.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    private void ReleaseStray(LockAcquired stray) => _ = SendOneWayAsync(new ReleaseLock(stray.Key, stray.OwnerToken));

    private void Observe(LockReplies replies) => _sender.Observe(replies);

    private LockUnavailableException NoAnswer(Deadline deadline, Exception? sendError) => new(
        $"No lock coordinator answered on '{_options.QueueName}' within {deadline.Length:c}. "
        + (sendError is null ? "Is one running on this broker?" : $"The last attempt to send failed: {sendError.Message}"),
        sendError);

    // A request whose wait is shorter than an answer takes still wants the answer.
    private static Deadline LaterOf(Deadline deadline, Deadline? other) =>
        other is { } later && later.Left > deadline.Left ? later : deadline;

    private static TimeSpan Min(TimeSpan x, TimeSpan y) => x < y ? x : y;

    private static TimeSpan Max(TimeSpan x, TimeSpan y) => x > y ? x : y;
}
