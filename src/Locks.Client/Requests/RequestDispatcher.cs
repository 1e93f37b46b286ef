using Locks.Client.Core;
using Locks.Client.Core.Cohorts;
using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Transport;
using Locks.Transport.Isolation;
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
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxStopGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WithdrawTimeout = TimeSpan.FromMilliseconds(500);

    private readonly IBus _bus;
    private readonly IsolatedSender _messages;
    private readonly LockTransport _transport;
    private readonly TimeProvider _time;
    private readonly LockClientOptions _options;
    private readonly PendingRequests _pendingRequests;
    private readonly TimerPool _timerPool;
    private readonly ReplyEndpoint _replies;
    private readonly PartitionedSender _sender;
    private readonly Heartbeat _heartbeat;
    private readonly BusLifecycle _lifecycle;
    private readonly ILogger _logger;
    private readonly InFlight _inFlight = new();
    private readonly ConnectionCheck _connection;
    private readonly MissingAnswers _missing;
    private long _lastReply;
    private long _lastAnswer;
    private volatile bool _isAnswered;
    private volatile Phase _phase;

    public RequestDispatcher(
        IBus bus,
        BusLifecycle lifecycle,
        IsolatedSender sender,
        TimerPool timers,
        LockClientOptions options,
        string clientId,
        ILogger logger)
    {
        _bus = bus;
        _messages = sender;
        var time = _time = timers.Time;
        _options = options;
        _lifecycle = lifecycle;
        _logger = logger;
        _timerPool = timers;
        _pendingRequests = new PendingRequests(time);
        var cohorts = new CohortRegistry(_pendingRequests, new CohortCommands(this, time, options, logger));
        var transport = _transport = LockTransport.For(bus.Address);
        _missing = new MissingAnswers(bus, lifecycle, transport, time, options);
        var consumer = new ReplyConsumer(_pendingRequests, cohorts, ReleaseStray, Observe, _missing.OnProblem, OnFaulted, logger);
        _replies = new ReplyEndpoint(bus, lifecycle, transport, sender, consumer, StopAsync);
        _sender = new PartitionedSender(sender, transport, _replies, time, options);
        _connection = new ConnectionCheck(transport, time, _replies.Replace);
        _heartbeat = new Heartbeat(sender, transport, _replies, _connection, time, options, clientId);
    }

    private enum Phase
    {
        Open,

        // Grants nothing more, and releases what is held.
        Stopping,

        // Sends nothing more.
        Stopped,
    }

    /// <summary>
    /// Whether the last request that ended was answered, so long ago at the most, and the connection by which the answer came is still open.
    /// </summary>
    public bool WasAnsweredWithin(TimeSpan time) => _isAnswered && _time.GetElapsedTime(Volatile.Read(ref _lastAnswer)) <= time
        && _replies.IsConnected && _transport.IsConnected && CurrentPhase() == Phase.Open;

    /// <summary>How many callers were signalled, and have not come to their next wait or to their end since.</summary>
    public int GoingOn => _pendingRequests.GoingOn;

    /// <summary>An operation begins that a stop of the client waits for; disposing ends it.</summary>
    public InFlight.Operation Begin() => _inFlight.Begin();

    /// <summary>What is requested until this is disposed of travels together. Dispose of it before anything is awaited.</summary>
    public IDisposable Gather() => _sender.Gather();

    /// <summary>Opens a request that is answered once.</summary>
    public PendingRequest Open() => _pendingRequests.Open(NewId.NextGuid());

    /// <summary>
    /// Opens a request for something that the coordinator may take away again. The caller disposes of it when it has no interest in that
    /// any more.
    /// </summary>
    /// <exception cref="LockUnavailableException">The bus stops, or has stopped.</exception>
    public PendingRequest OpenForUpdates(Guid id, Action<LockQueued>? onQueued = null, TaskCompletionSource? queued = null)
    {
        if (CurrentPhase() != Phase.Open)
            throw BusStopped();
        return _pendingRequests.OpenForUpdates(id, onQueued, queued);
    }

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
    /// <returns>
    /// The answer; <see langword="null"/> when the request's time in the queue is up, or when it is due to be sent again although the lease
    /// that it asks for is over.
    /// </returns>
    /// <exception cref="LockUnavailableException">No reply came in time, or the coordinator failed to serve the request.</exception>
    public async Task<object?> RequestAsync<T>(
        PendingRequest request, T command, Deadline deadline, QueueWait? wait, CancellationToken cancellationToken)
        where T : class
    {
        if (CurrentPhase() == Phase.Stopped)
            throw BusStopped();

        using var operation = Begin();
        Exception? sendError = null;
        using var timer = _timerPool.Rent(request);
        using var cancellation = cancellationToken.UnsafeRegister(static request => ((PendingRequest)request!).Signal(), request);
        var outgoing = CommandCatalogue.Wrap(command, request.Id) is { } batchable
            ? new OutgoingCommand(batchable, CommandCatalogue.KeyOf(command), LaterOf(deadline, wait?.Until), request)
            : null;
        var resendAfter = _options.ResendAfter;
        Deadline? sent = null;
        // The attempts of one acquire ask one after the other.
        var now = _time.GetTimestamp();
        var begun = command is AcquireLock ? deadline.Start : now;
        var isCountedAsWaiter = false;
        try
        {
            while (!request.IsAnswered)
            {
                var until = request.IsQueued && wait is not null ? wait.Until : deadline;
                if (until.HasPassedAt(now))
                {
                    if (request.IsQueued)
                        return null;
                    _isAnswered = false;
                    throw NoAnswer(deadline, begun, outgoing is null ? sendError : _sender.LastSendError);
                }

                // A queued request is not sent again: the heartbeat keeps all of this client's waiters alive.
                var hasPosition = wait is not null && request.HasPosition;
                if (hasPosition && !isCountedAsWaiter)
                {
                    (isCountedAsWaiter, resendAfter) = (true, _options.ResendAfter);
                    _heartbeat.Enter();
                }

                TimeSpan? resendDue = hasPosition ? wait!.ProgressInterval : resendAfter;
                if (sent is not { } last || (resendDue is { } pause && (last with { Length = pause }).HasPassedAt(now)))
                {
                    var isRepeat = sent is not null;
                    var isOutlived = isRepeat && outgoing?.IsOutlivedAt(now) is true;
                    // The coordinator may be away. But when nothing at all has come since the request was first sent, it may be the connection.
                    if ((request.IsRepeated || isOutlived) && Volatile.Read(ref _lastReply) < begun)
                        _connection.Begin();
                    if (isRepeat && !request.IsQueued)
                        _missing.Look();
                    if (isOutlived)
                        return null;

                    request.IsRepeated |= isRepeat;
                    resendAfter = sent is null ? resendAfter : Min(resendAfter * 2, Max(MaxResendInterval, _options.ResendAfter));
                    sent = new Deadline(_time, now, resendAfter);
                    if (outgoing is not null)
                        _sender.Post(outgoing, isRepeat);
                    else
                        sendError = await TrySendAsync(request.Id, command, until, cancellationToken).ConfigureAwait(false);

                    // The timer is set to what is left after the sending.
                    now = _time.GetTimestamp();
                    continue;
                }

                timer.Set((resendDue is { } due ? until.NoLaterThan(last with { Length = due }) : until).LeftAt(now));
                await request.WaitForSignalAsync().ConfigureAwait(false);
                now = _time.GetTimestamp();
                if (!request.IsAnswered)
                    cancellationToken.ThrowIfCancellationRequested();
            }

            var answer = request.Answer;
            Volatile.Write(ref _lastAnswer, now);
            _isAnswered = true;
            return answer;
        }
        finally
        {
            if (isCountedAsWaiter)
                _heartbeat.Leave();
        }
    }

    /// <summary>
    /// Takes back an acquire that is given up. A failure is not reported: the attempt ends by itself with its wait. Completes when the
    /// coordinator has decided the command, so that the caller finds free what it took back; for an acquire of which nothing was heard, when
    /// the command has left: the caller may stop the bus next, and what has not left by then never does. Waits 500 ms at most.
    /// </summary>
    /// <param name="request">The request of the acquire.</param>
    /// <param name="command">The command.</param>
    /// <returns>Who holds the lock, if the command asks for that and the answer came in this time.</returns>
    public async Task<LockDenied?> CancelAsync(PendingRequest request, CancelAcquire command)
    {
        using var answer = Open();
        var cancel = PostOneWay(new LockCommand { RequestId = command.ReportHolder ? answer.Id : null, Cancel = command }, command.Key);
        if (cancel is not null)
            await ForAWhileAsync(request.IsQueued ? cancel.Decided : cancel.Sent).ConfigureAwait(false);

        // It came before the report that the command is decided.
        return answer.AnswerIfAny as LockDenied;
    }

    /// <summary>Takes back the grant of a lease that is given up; like <see cref="CancelAsync"/> otherwise.</summary>
    public Task RevokeAsync(RevokeLease command) => CurrentPhase() == Phase.Stopped
        ? Task.CompletedTask
        : ForAWhileAsync(TrySendAsync(
            NewId.NextGuid(), command, Deadline.After(_time, _options.RequestTimeout), CancellationToken.None));

    private async Task ForAWhileAsync(Task task) =>
        await task.OrAbandonAsync(WithdrawTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Sends a command once, without an answer; not when the client has stopped.</summary>
    private OutgoingCommand? PostOneWay(LockCommand command, string key)
    {
        if (CurrentPhase() == Phase.Stopped)
            return null;

        var outgoing = new OutgoingCommand(command, key, Deadline.After(_time, _options.RequestTimeout), request: null);
        _sender.Post(outgoing, isRepeat: false);
        return outgoing;
    }

    private async Task<Exception?> TrySendAsync<T>(Guid requestId, T command, Deadline until, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = new CancellationTokenSource(Max(until.Left, TimeSpan.FromMilliseconds(1)), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var replies = await _replies.GetAddressesAsync(either.Token).ConfigureAwait(false);
            await BoundedSend.RunAsync(cancel => SendAsync(requestId, command, until, replies, cancel), either.Token).ConfigureAwait(false);
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

    private async Task SendAsync<T>(Guid requestId, T command, Deadline until, ReplyAddresses replies, CancellationToken cancellationToken)
        where T : class
    {
        var coordinator = EndpointAddress.Of(CommandCatalogue.TypeOf<T>().QueueOf(_options.QueueName));
        var endpoint = await _messages.GetSendEndpoint(coordinator).ConfigureAwait(false);
        await endpoint.Send(
            command,
            send =>
            {
                send.RequestId = requestId;
                send.ResponseAddress = replies.Single;
                send.Headers.Set(ProblemAddress.Header, replies.Batches.OriginalString);
                send.Durable = false;
                send.TimeToLive = until.Left;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Stops the client, because its bus stops next: refuses what waits for a grant, has every holder told, and releases what is held. Takes
    /// no longer than <see cref="StopTimeout"/>. Afterwards nothing is sent any more, until the bus starts again.
    /// </summary>
    private async Task StopAsync()
    {
        _phase = Phase.Stopping;
        var margin = Min(_options.SafetyMargin, MaxStopGrace);
        using var isDone = new CancellationTokenSource();
        var stop = new ClientStop(Task.Delay(margin, _time, isDone.Token));
        _pendingRequests.OnClientStop(stop, BusStopped);
        var done = Task.WhenAll(stop.Released, _inFlight.WhenIdleAsync());
        await done.WaitAsync(StopTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await isDone.CancelAsync().ConfigureAwait(false);
        if (!done.IsCompleted)
            _logger.StopTimedOut(StopTimeout);
        _phase = Phase.Stopped;
    }

    private Phase CurrentPhase()
    {
        // The bus has been started again.
        if (_phase == Phase.Stopped && !_lifecycle.IsStopping(_bus))
            _phase = Phase.Open;
        return _phase;
    }

    private static LockUnavailableException BusStopped() =>
        new("The lock client has stopped, because its bus has been stopped.");

    private void OnFaulted(Exception exception)
    {
        _missing.OnFaulted(exception);
        if (_transport.IsQueueKept(exception))
            _replies.Replace();
    }

    private void ReleaseStray(LockAcquired stray) =>
        _ = PostOneWay(new LockCommand { Release = new ReleaseLock(stray.Key, stray.OwnerToken) }, stray.Key);

    private void Observe(LockReplies replies)
    {
        Volatile.Write(ref _lastReply, _time.GetTimestamp());
        _sender.Observe(replies);
    }

    private LockUnavailableException NoAnswer(Deadline deadline, long begun, Exception? sendError) =>
        _missing.Explain(deadline, begun, _replies.IsConnected, sendError);

    // A request whose wait is shorter than an answer takes still wants the answer.
    private static Deadline LaterOf(Deadline deadline, Deadline? other) =>
        other is { } later && later.EndsAfter(deadline) ? later : deadline;

    private static TimeSpan Min(TimeSpan x, TimeSpan y) => x < y ? x : y;

    private static TimeSpan Max(TimeSpan x, TimeSpan y) => x > y ? x : y;
}
