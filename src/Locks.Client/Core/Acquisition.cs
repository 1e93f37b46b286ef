using Locks.Client.Core.Cohorts;
using Locks.Client.Core.Holding;
using Locks.Client.Core.Leases;
using Locks.Client.Diagnostics;
using Locks.Client.Requests;
using Locks.Contracts;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Core;

/// <summary>One call to acquire a lock, from the first request to the handle. It makes as many attempts as it needs.</summary>
internal sealed class Acquisition : IDisposable
{
    private readonly LockClient _client;
    private readonly AcquireLock _command;
    private readonly bool _isUnlimited;
    private readonly LockOptions _options;
    private readonly ProgressReports? _progress;
    private AcquireSpan? _span;
    private bool _isAcquired;

    public Acquisition(LockClient client, AcquireLock command, LockOptions options)
    {
        LockLimits.CheckKey(command.Key)?.Throw("key");
        LockLimits.CheckOwner(command.Owner)?.Throw("options");
        LockLimits.CheckLease(command.Lease)?.Throw("options");
        CallerWait.Check(command.Wait)?.Throw("wait");
        options.Check(command.Lease)?.Throw("options");
        _client = client;
        _isUnlimited = command.Wait == Timeout.InfiniteTimeSpan;
        _command = _isUnlimited ? command with { Wait = LockLimits.MaxWait } : command;
        _options = options;
        _progress = options.Progress is { } progress ? new ProgressReports(progress, command.Key, client.Logger) : null;
    }

    private enum Result
    {
        Granted,
        Busy,

        // The attempt has ended without a lock, and the next one may follow at once.
        Retry,

        // The attempt's lease was over before a grant was here.
        Late,
    }

    /// <summary>Called at once when the lock is lost.</summary>
    public Action<LockLoss>? OnLost { get; init; }

    /// <summary>Completed when the attempt is first known to wait for a holder of the lock.</summary>
    public TaskCompletionSource? Queued { get; init; }

    /// <summary>Until when the caller waits, also where this lock is not waited for; absent if this lock is all that it wants.</summary>
    public Deadline? Until { get; init; }

    /// <summary>The mark of the flow that asks for the lock; absent where the caller's flow is not known.</summary>
    public HoldingFlow? Flow { get; init; }

    /// <summary>Who holds the lock that was not acquired, as far as that is known.</summary>
    public LockHolder? Holder { get; private set; }

    /// <summary>Tries once, or waits in the lock's queue.</summary>
    /// <returns>The lock, or <see langword="null"/> when it was busy for as long as the caller waits.</returns>
    public async Task<LockHandle?> RunAsync(CancellationToken cancellationToken)
    {
        var begun = _client.Time.GetTimestamp();
        using var span = _span = AcquireSpan.Start();
        try
        {
            var (wait, responseDeadline) = BeginWait(begun);
            for (var command = _command; ;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var lease = command.LeaseId is { } id ? _client.Leases.AddReference(id) : null;
                var (result, handle) = await AttemptAsync(command, responseDeadline, wait, lease?.Lease, cancellationToken)
                    .ConfigureAwait(false);
                if (handle is not null || (result == Result.Busy && !_isUnlimited))
                    return Observe(begun, handle);

                var until = wait?.Until ?? responseDeadline;
                if (result == Result.Late)
                    await PauseAsync(until, cancellationToken).ConfigureAwait(false);
                if (result != Result.Busy && !until.HasPassed)
                {
                    // The next attempt starts afresh. However long this one has been queued, it is a new request, and waits no longer than
                    // the caller still does.
                    if (wait is not null)
                    {
                        responseDeadline = ResponseDeadline(wait, _client.Time.GetTimestamp());
                        command = _command with { Wait = wait.Until.Left > LockLimits.MinWait ? wait.Until.Left : LockLimits.MinWait };
                    }
                }
                else if (_isUnlimited)
                {
                    // One request has waited for as long as it may.
                    (wait, responseDeadline) = BeginWait(_client.Time.GetTimestamp());
                    command = _command;
                }
                else if (wait is null)
                {
                    throw new LockUnavailableException($"Every grant of lock '{_command.Key}' arrived after its lease was over.");
                }
                else
                {
                    return Observe(begun, handle: null);
                }
            }
        }
        catch (Exception exception)
        {
            var outcome = AcquireOutcomes.Of(exception);
            span?.SetFailure(outcome, _client.Meter.GroupOf(_command.Key), exception);
            _client.Meter.RecordAcquire(_client.Time, begun, outcome, _command.Key);
            throw;
        }
    }

    /// <summary>The flow goes on; nothing is held under its mark if the lock was not acquired.</summary>
    public void Dispose()
    {
        if (!_isAcquired)
            Flow?.End();
    }

    /// <summary>Measures a call that was answered.</summary>
    private LockHandle? Observe(long begun, LockHandle? handle)
    {
        _isAcquired = handle is not null;
        var outcome = AcquireOutcomes.Of(_isAcquired, waits: _command.Wait is not null);
        _span?.SetOutcome(outcome, _client.Meter.GroupOf(_command.Key), handle?.FencingToken);
        _client.Meter.RecordAcquire(_client.Time, begun, outcome, _command.Key);
        return handle;
    }

    /// <summary>Until when the caller waits, as long as one request may, and until when a first reply has to be here.</summary>
    private (QueueWait? Wait, Deadline ResponseDeadline) BeginWait(long now)
    {
        var wait = _command.Wait is { } length
            ? new QueueWait(new Deadline(_client.Time, now, length), _progress is null ? null : _client.Options.ProgressInterval)
            : null;
        if (wait is not null && _client.HeldLocks.Find(_command.Key) is { Flow.IsCurrent: true })
            _client.Logger.WaitsForItself(_command.Key, wait.Until.Length);
        return (wait, ResponseDeadline(wait, now));
    }

    private Task PauseAsync(Deadline until, CancellationToken cancellationToken)
    {
        var pause = _client.LateGrants.CameLate(_command.Lease);
        return pause < until.Left ? Task.Delay(pause, _client.Time, cancellationToken) : Task.CompletedTask;
    }

    private async Task<(Result Result, LockHandle? Handle)> AttemptAsync(
        AcquireLock command, Deadline responseDeadline, QueueWait? wait, SharedLease? lease, CancellationToken cancellationToken)
    {
        lease?.ThrowIfRevoked(_command.Key);
        using var operation = _client.RequestDispatcher.Begin();
        var attempt = command with { AcquireId = Guid.CreateVersion7(_client.Time.GetUtcNow()) };
        attempt = _span?.AddTo(attempt) ?? attempt;
        var request = _client.RequestDispatcher.OpenForUpdates(
            attempt.AcquireId, _progress is null && _options.OnQueued is null && _span is null ? null : OnQueued, Queued);
        using var leaseEnded = lease?.FailWhenEnded(request, _command.Key);
        var isOutcomeKnown = false;
        var isBusy = false;
        LockDenied? denial = null;
        HeldLock? held = null;
        try
        {
            // The lease counts from before the request leaves: connecting first keeps the connection's time out of it.
            await _client.RequestDispatcher.ConnectAsync(responseDeadline, cancellationToken).ConfigureAwait(false);
            request.RequestedLease = Deadline.After(_client.Time, attempt.Lease);
            var answer = await _client.RequestDispatcher
                .RequestAsync(request, attempt, responseDeadline, wait, cancellationToken)
                .ConfigureAwait(false);
            switch (answer)
            {
                case LockAcquired grant:
                    var isConfirmed = !IsOffer(request, grant);
                    Deadline? granted = request.RequestedLease.Value with { Length = grant.Lease };
                    if (!isConfirmed && !CanStartUnconfirmed(granted.Value))
                    {
                        granted = await ConfirmAsync(grant, cancellationToken).ConfigureAwait(false);
                        isConfirmed = true;
                    }

                    if (granted is null)
                        return (Result.Retry, null);
                    lease?.ThrowIfRevoked(_command.Key);
                    if (lease is null ? _client.TimingFor(_options).IsOver(granted.Value) : !lease.TryExtend(granted.Value))
                        return (Result.Late, null);

                    isOutcomeKnown = true;
                    _client.LateGrants.CameInTime();
                    held = new HeldLock(_client, request, grant, granted.Value, attempt.Lease, _options, lease, Flow, OnLost)
                    {
                        AcquiredIn = _span?.Context,
                    };
                    if (!isConfirmed)
                        held.ScheduleEarlyRenewal(granted.Value);
                    return (Result.Granted, new LockHandle(_client, held, _options, lease?.Handle));

                case CohortMembership membership:
                    var timing = _client.TimingFor(_options);
                    var cohortLease = await membership.EnsureLeaseAsync(attempt.Lease, timing, cancellationToken).ConfigureAwait(false);
                    if (cohortLease is not { } left)
                        return (Result.Retry, null);
                    if (timing.IsOver(left))
                        return (Result.Late, null);

                    isOutcomeKnown = true;
                    held = new HeldLock(_client, membership, left, attempt.Lease, _options, Flow, OnLost) { AcquiredIn = _span?.Context };
                    held.ScheduleEarlyRenewal(left);
                    return (Result.Granted, new LockHandle(_client, held, _options, lease: null));

                case LockDenied denied:
                    isOutcomeKnown = true;
                    if (denied.Reason == DenyReasons.LeaseNotFound)
                        lease?.Clock.Lose(new LockLoss(LockLossReason.Expired));
                    denial = denied;
                    var result = ToResult(denied);
                    isBusy = result == Result.Busy;
                    return (result, null);

                case null when wait is null:
                    return (Result.Late, null);

                default:
                    isBusy = true;
                    return (Result.Busy, null);
            }
        }
        finally
        {
            // In this order: a cohort that is granted later finds the request closed.
            if (held is null)
                request.Dispose();
            if (held is null && request.CohortMembership is { } unused)
                unused.Withdraw();
            else if (!isOutcomeKnown)
                denial = await CancelAsync(request, attempt, reportHolder: isBusy).ConfigureAwait(false);
            if (isBusy)
                ReportHolder(denial, request.LastQueued);
        }
    }

    private Task<LockDenied?> CancelAsync(PendingRequest request, AcquireLock attempt, bool reportHolder) =>
        _client.RequestDispatcher.CancelAsync(request, new CancelAcquire(attempt.Key, attempt.AcquireId, reportHolder));

    /// <summary>
    /// Notes who holds the lock: this client itself, if it does; else whom the coordinator named in its answer, or else when the attempt
    /// was queued.
    /// </summary>
    private void ReportHolder(LockDenied? denial, (LockQueued Reply, long At)? queued)
    {
        var waiters = denial?.Waiters ?? queued?.Reply.Waiters;
        if (_client.HeldLocks.Find(_command.Key) is { } here)
        {
            var place = here.Flow?.IsCurrent is true ? LockHolderPlace.ThisFlow : LockHolderPlace.ThisClient;
            Holder = new LockHolder(here.Owner, Before(here.HeldFor), waiters, place);
        }
        else if (denial is not null)
        {
            Holder = denial.HolderOwner is { } owner ? new LockHolder(owner, Before(denial.HeldFor), waiters) : null;
        }
        else if (queued is ({ HolderOwner: { } earlier } reply, var at))
        {
            Holder = new LockHolder(earlier, Before(reply.HeldFor + _client.Time.GetElapsedTime(at)), waiters);
        }

        if (_client.Logger.IsEnabled(LogLevel.Debug))
            _client.Logger.Busy(_command.Key, Holder?.ToString() ?? "Its holder is not known.");
    }

    private DateTimeOffset? Before(TimeSpan? ago) => _client.Time.GetUtcNow() - ago;

    private void OnQueued(LockQueued queued)
    {
        _span?.AddQueued(queued);
        _progress?.Report(queued);
        _options.OnQueued?.Invoke();
    }

    /// <summary>
    /// Whether a grant is an offer: it came out of the queue, and the coordinator waits for its confirmation. A shorter lease shows that,
    /// too, when the message that the request is queued was lost. On a shared lease, where the lease is always shorter, any request that
    /// waits may have been queued.
    /// </summary>
    private bool IsOffer(PendingRequest request, LockAcquired grant) =>
        request.IsQueued || (_command.LeaseId is null ? grant.Lease < _command.Lease : _command.Wait is not null);

    /// <summary>
    /// Whether the caller may have the lock before the offer is confirmed. The offer was made after the request was sent, so its window can
    /// be counted from there. A lock that stays taken after the caller is done with it needs its full lease first.
    /// </summary>
    private bool CanStartUnconfirmed(Deadline window) =>
        _command.LeaseId is null
        && _options is { HoldUntilExpiry: false, HoldAtLeast: null }
        && _client.TimingFor(_options).IsEnoughToStart(window);

    /// <summary>Confirms an offer by renewing it for the full lease. The caller gets the lock when that is answered.</summary>
    private async Task<Deadline?> ConfirmAsync(LockAcquired grant, CancellationToken cancellationToken)
    {
        var sent = Deadline.After(_client.Time, _command.Lease);
        var response = await _client.RequestDispatcher
            .RequestAsync(
                new RenewLock(grant.Key, grant.OwnerToken, _command.Lease),
                sent with { Length = _client.Options.RequestTimeout },
                cancellationToken)
            .ConfigureAwait(false);
        return response is LockRenewed renewed ? sent with { Length = renewed.Lease } : null;
    }

    /// <summary>
    /// Until when to wait for the first reply: no longer than the caller waits, but for one repeat of the request. A wait that is shorter
    /// than an answer takes still gets the answer.
    /// </summary>
    private Deadline ResponseDeadline(QueueWait? wait, long now)
    {
        var timeout = new Deadline(_client.Time, now, _client.Options.RequestTimeout);
        var (least, left) = (_client.Options.ResendAfter * 2, (wait?.Until ?? Until)?.LeftAt(now) ?? timeout.Length);
        return timeout.NoLaterThan(timeout with { Length = left > least ? left : least });
    }

    private static Result ToResult(LockDenied denied) => denied.Reason switch
    {
        DenyReasons.Ended => Result.Retry,
        DenyReasons.QueueFull or DenyReasons.LeaseNotFound or DenyReasons.Cancelled or DenyReasons.Deadlock =>
            throw new LockRefusedException(denied.Key, denied.Reason, denied.Detail),
        DenyReasons.Invalid => throw new ArgumentException($"The coordinator refused the request: {denied.Detail}"),
        _ => Result.Busy,
    };
}
