using Locks.Client.Core.Cohorts;
using Locks.Client.Core.Holding;
using Locks.Client.Core.Leases;
using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core;

/// <summary>One call for a lock, from the first request to the handle. It makes as many attempts as it needs.</summary>
internal sealed class Acquisition
{
    private readonly LockClient _client;
    private readonly AcquireLock _command;
    private readonly LockOptions _how;
    private readonly ProgressReports? _progress;

    public Acquisition(LockClient client, AcquireLock command, LockOptions how)
    {
        LockLimits.CheckKey(command.Key)?.Throw("key");
        LockLimits.CheckOwner(command.Owner)?.Throw("options");
        LockLimits.CheckLease(command.Lease)?.Throw("options");
        LockLimits.CheckWait(command.Wait)?.Throw("wait");
        how.Check(command.Lease)?.Throw("options");
        _client = client;
        _command = command;
        _how = how;
        _progress = how.Progress is { } progress ? new ProgressReports(progress, command.Key, client.Logger) : null;
    }

    private enum Result
    {
        Granted,
        Busy,
        Ended,
    }

    /// <summary>Whom to tell at once when the lock is lost.</summary>
    public Action<LockLoss>? OnLost { get; init; }

    /// <summary>Tries, or waits in line.</summary>
    /// <returns>The lock, or <see langword="null"/> when it was busy for as long as the caller would wait.</returns>
    public async Task<LockHandle?> RunAsync(CancellationToken cancellationToken)
    {
        var answer = Deadline.After(_client.Time, _client.Options.RequestTimeout);
        var line = _command.Wait is { } wait ? new QueueWait(answer with { Length = wait }, _progress is null ? null : _client.Options.ProgressInterval) : null;

        for (var command = _command; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var lease = command.LeaseId is { } id ? _client.Leases.Use(id) : null;
            var (result, handle) = await AttemptAsync(command, answer, line, lease?.Lease, cancellationToken).ConfigureAwait(false);
            if (result != Result.Ended)
                return handle;

            // The attempt was granted, but its lease was over before the grant arrived. The next attempt starts afresh.
            if ((line?.Turn ?? answer).HasPassed)
                return line is null ? throw new LockUnavailableException($"The grant of lock '{_command.Key}' came too late.") : null;
            if (line is null)
                continue;

            // However long it has stood in line, it asks anew, and for no longer than it would still wait.
            answer = Deadline.After(_client.Time, _client.Options.RequestTimeout);
            command = _command with { Wait = line.Turn.Left > LockLimits.MinWait ? line.Turn.Left : LockLimits.MinWait };
        }
    }

    private async Task<(Result Result, LockHandle? Handle)> AttemptAsync(
        AcquireLock command, Deadline answered, QueueWait? line, SharedLease? lease, CancellationToken cancellationToken)
    {
        lease?.RefuseIfRevoked(_command.Key);
        var attempt = command with { AcquireId = Guid.CreateVersion7(_client.Time.GetUtcNow()) };
        var request = _client.RequestDispatcher.OpenForUpdates(attempt.AcquireId, _progress is null ? null : _progress.Report);
        var isSettled = false;
        HeldLock? held = null;
        try
        {
            // The lease counts from before the request is sent: what can be made ready earlier should not come out of it.
            await _client.RequestDispatcher.PrepareAsync(answered, cancellationToken).ConfigureAwait(false);
            var sent = Deadline.After(_client.Time, attempt.Lease);
            request.Asked = sent;
            switch (await _client.RequestDispatcher.AskAsync(request, attempt, answered, line, cancellationToken).ConfigureAwait(false))
            {
                case LockAcquired grant:
                    var isConfirmed = !CameOutOfTheLine(request, grant);
                    Deadline? granted = sent with { Length = grant.Lease };
                    if (!isConfirmed && !MayBegin(granted.Value))
                    {
                        granted = await ConfirmAsync(grant, cancellationToken).ConfigureAwait(false);
                        isConfirmed = true;
                    }

                    if (granted is null)
                        return (Result.Ended, null);
                    lease?.RefuseIfRevoked(_command.Key);
                    if (lease is null ? _client.TimingFor(_how).IsOver(granted.Value) : !lease.Observe(granted.Value))
                        return (Result.Ended, null);

                    isSettled = true;
                    held = new HeldLock(_client, request, grant, granted.Value, attempt.Lease, _how, lease, OnLost);
                    if (!isConfirmed)
                        held.RenewSoon(granted.Value);
                    return (Result.Granted, new LockHandle(_client, held, _how, lease?.Handle));

                case CohortMembership membership:
                    var timing = _client.TimingFor(_how);
                    if (await membership.ReadyAsync(sent.Length, timing, cancellationToken).ConfigureAwait(false) is not { } left || timing.IsOver(left))
                        return (Result.Ended, null);

                    isSettled = true;
                    held = new HeldLock(_client, membership, left, attempt.Lease, _how, OnLost);
                    held.RenewSoon(left);
                    return (Result.Granted, new LockHandle(_client, held, _how, lease: null));

                case LockDenied denied:
                    isSettled = true;
                    if (denied.Reason == DenyReasons.LeaseNotFound)
                        lease?.Clock.Lose(new LockLoss(LockLossReason.Expired));
                    return (Judge(denied), null);

                default:
                    return (Result.Busy, null);
            }
        }
        finally
        {
            // In this order: a run that comes later finds the request forgotten.
            if (held is null)
                request.Dispose();
            if (held is null && request.CohortMembership is { } place)
                place.Leave();
            else if (!isSettled)
                _client.RequestDispatcher.Tell(new CancelAcquire(attempt.Key, attempt.AcquireId));
        }
    }

    /// <summary>
    /// Whether a grant came out of the line, and so waits for confirmation. A shorter lease shows that, too, when the word about the line was
    /// lost; but on a shared lease, where it is always shorter, any wait may have been one.
    /// </summary>
    private bool CameOutOfTheLine(PendingRequest request, LockAcquired grant) =>
        request.IsQueued || (_command.LeaseId is null ? grant.Lease < _command.Lease : _command.Wait is not null);

    /// <summary>
    /// Whether the caller may have the lock before it is confirmed. The grant was made after it was asked for, so there is a moment from which its
    /// window counts. A lock that is to stay taken when the caller is done with it needs its full lease first.
    /// </summary>
    private bool MayBegin(Deadline window) =>
        _command.LeaseId is null && _how is { HoldUntilExpiry: false, HoldAtLeast: null } && _client.TimingFor(_how).WillDo(window);

    /// <summary>Asks for the full lease. The caller gets the lock when that is answered.</summary>
    private async Task<Deadline?> ConfirmAsync(LockAcquired grant, CancellationToken cancellationToken)
    {
        var sent = Deadline.After(_client.Time, _command.Lease);
        var answer = await _client.RequestDispatcher.AskAsync(
            new RenewLock(grant.Key, grant.OwnerToken, _command.Lease),
            sent with { Length = _client.Options.RequestTimeout },
            cancellationToken).ConfigureAwait(false);
        return answer is LockRenewed renewed ? sent with { Length = renewed.Lease } : null;
    }

    private static Result Judge(LockDenied denied) => denied.Reason switch
    {
        DenyReasons.Ended => Result.Ended,
        DenyReasons.QueueFull or DenyReasons.LeaseNotFound => throw new LockRefusedException(denied.Key, denied.Reason, denied.Detail),
        DenyReasons.Invalid => throw new ArgumentException($"The coordinator refused the request: {denied.Detail}"),
        _ => Result.Busy,
    };
}
