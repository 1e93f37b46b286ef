using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core;

/// <summary>One call for a lock, from the first request to the handle. It makes as many attempts as it needs.</summary>
internal sealed class Acquisition
{
    private readonly LockClient _client;
    private readonly AcquireLock _command;
    private readonly bool _autoRenew;

    public Acquisition(LockClient client, AcquireLock command, bool autoRenew)
    {
        LockLimits.CheckKey(command.Key)?.Throw("key");
        LockLimits.CheckOwner(command.Owner)?.Throw("options");
        LockLimits.CheckLease(command.Lease)?.Throw("options");
        LockLimits.CheckWait(command.Wait)?.Throw("wait");
        _client = client;
        _command = command;
        _autoRenew = autoRenew;
    }

    private enum Result
    {
        Granted,
        Busy,
        Ended,
    }

    /// <summary>Tries, or waits in line.</summary>
    /// <returns>The lock, or <see langword="null"/> when it was busy for as long as the caller would wait.</returns>
    public async Task<LockHandle?> RunAsync(CancellationToken cancellationToken)
    {
        var answer = Deadline.After(_client.Time, _client.Options.RequestTimeout);
        Deadline? turn = _command.Wait is { } wait ? answer with { Length = wait } : null;

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (result, handle) = await AttemptAsync(answer, turn, cancellationToken).ConfigureAwait(false);
            if (result != Result.Ended)
                return handle;

            // The attempt was granted, but its lease was over before the grant arrived. The next attempt starts afresh.
            if ((turn ?? answer).HasPassed)
                return turn is null ? throw new LockUnavailableException($"The grant of lock '{_command.Key}' came too late.") : null;
        }
    }

    private async Task<(Result Result, LockHandle? Handle)> AttemptAsync(
        Deadline answered, Deadline? turn, CancellationToken cancellationToken)
    {
        var attempt = _command with { AcquireId = Guid.CreateVersion7(_client.Time.GetUtcNow()) };
        var request = _client.Requester.Open(attempt.AcquireId);
        var isSettled = false;
        try
        {
            // The lease counts from before the request is sent: what can be made ready earlier should not come out of it.
            await _client.Requester.PrepareAsync(answered, cancellationToken).ConfigureAwait(false);
            var sent = Deadline.After(_client.Time, attempt.Lease);
            switch (await _client.Requester.AskAsync(request, attempt, answered, turn, cancellationToken).ConfigureAwait(false))
            {
                case LockAcquired grant:
                    // A grant out of the line waits for confirmation, and says nothing about when it was made.
                    Deadline? lease = request.IsQueued || grant.Lease < attempt.Lease
                        ? await ConfirmAsync(grant, cancellationToken).ConfigureAwait(false)
                        : sent;
                    isSettled = lease is not null;
                    return lease is null ? (Result.Ended, null) : (Result.Granted, new LockHandle(_client, request, grant, lease.Value, _autoRenew));

                case LockDenied denied:
                    isSettled = true;
                    return (Judge(denied), null);

                default:
                    return (Result.Busy, null);
            }
        }
        finally
        {
            if (!isSettled)
                _ = _client.Requester.TellAsync(new CancelAcquire(attempt.Key, attempt.AcquireId));
            if (!isSettled || request.Answer is not { IsCompletedSuccessfully: true, Result: LockAcquired })
                request.Dispose();
        }
    }

    /// <summary>Asks for the full lease. Only the answer tells since when it runs, so the caller gets the lock no earlier.</summary>
    private async Task<Deadline?> ConfirmAsync(LockAcquired grant, CancellationToken cancellationToken)
    {
        var sent = Deadline.After(_client.Time, _command.Lease);
        var answer = await _client.Requester.AskAsync(
            new RenewLock(grant.Key, grant.OwnerToken, _command.Lease),
            sent with { Length = _client.Options.RequestTimeout },
            cancellationToken).ConfigureAwait(false);
        return answer is LockRenewed ? sent : null;
    }

    private static Result Judge(LockDenied denied) => denied.Reason switch
    {
        DenyReasons.Ended => Result.Ended,
        DenyReasons.QueueFull or DenyReasons.LeaseNotFound => throw new LockRefusedException(denied.Key, denied.Reason, denied.Detail),
        DenyReasons.Invalid => throw new ArgumentException($"The coordinator refused the request: {denied.Detail}"),
        _ => Result.Busy,
    };
}
