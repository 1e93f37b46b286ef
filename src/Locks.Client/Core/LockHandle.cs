using Locks.Client.Requests;
using Locks.Contracts;

namespace Locks.Client.Core;

internal sealed class LockHandle : ILockHandle
{
    private readonly LockClient _client;
    private readonly PendingRequest _request;
    private readonly string _ownerToken;
    private readonly TimeSpan _lease;
    private readonly LeaseCountdown _countdown;
    private readonly CancellationTokenSource _renewing = new();
    private readonly Lock _gate = new();
    private Task<bool>? _release;

    /// <param name="client">The client that got the lock.</param>
    /// <param name="request">The request that was granted; it stays open, so that a repeated grant is not taken for a stray one.</param>
    /// <param name="grant">The grant.</param>
    /// <param name="lease">The lease, started before the request that it comes from was sent.</param>
    /// <param name="autoRenew">Whether to keep the lease up.</param>
    public LockHandle(LockClient client, PendingRequest request, LockAcquired grant, Deadline lease, bool autoRenew)
    {
        _client = client;
        _request = request;
        _ownerToken = grant.OwnerToken;
        _lease = lease.Length;
        _countdown = new LeaseCountdown(client.Time, client.Options.SafetyMargin, lease);
        Key = grant.Key;
        FencingToken = grant.FencingToken;
        Lost = _countdown.Lost;
        Lost.UnsafeRegister(static request => ((PendingRequest)request!).Dispose(), request);
        if (autoRenew)
            _ = KeepRenewingAsync();
    }

    public string Key { get; }

    public long FencingToken { get; }

    public bool IsHeld => _countdown.IsRunning;

    public CancellationToken Lost { get; }

    public Task<bool> RenewAsync(TimeSpan? lease = null, CancellationToken cancellationToken = default)
    {
        if (lease is { } asked)
            LockLimits.CheckLease(asked)?.Throw(nameof(lease));
        return RenewWithinAsync(lease ?? _lease, _client.Options.RequestTimeout, cancellationToken);
    }

    public Task<bool> ReleaseAsync(CancellationToken cancellationToken = default)
    {
        Task<bool> release;
        lock (_gate)
        {
            // A release that was not answered may be tried again.
            if (_release is null or { IsFaulted: true })
                _release = ReleaseOnceAsync();
            release = _release;
        }

        return release.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            // Throwing here would hide what happened inside the block; the lock frees itself.
            _client.Logger.ReleaseUnanswered(Key, exception);
        }
    }

    public void Dispose() => Blocking.Wait(() => DisposeAsync().AsTask());

    private async Task<bool> RenewWithinAsync(TimeSpan lease, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!_countdown.IsRunning)
            return false;

        var sent = Deadline.After(_client.Time, lease);
        var answer = await _client.Requester
            .AskAsync(new RenewLock(Key, _ownerToken, lease), sent with { Length = patience }, cancellationToken)
            .ConfigureAwait(false);
        if (answer is LockRenewed)
            _countdown.Extend(sent);
        else
            _countdown.Lose();
        return _countdown.IsRunning;
    }

    private async Task<bool> ReleaseOnceAsync()
    {
        _countdown.Stop();
        _request.Dispose();
        await _renewing.CancelAsync().ConfigureAwait(false);

        var answer = await _client.Requester
            .AskAsync(new ReleaseLock(Key, _ownerToken), Deadline.After(_client.Time, _client.Options.RequestTimeout), CancellationToken.None)
            .ConfigureAwait(false);
        return answer is LockReleased;
    }

    /// <summary>Renews every third of the lease until the lock is released or lost, so that two renewals may fail.</summary>
    private async Task KeepRenewingAsync()
    {
        var interval = _lease / 3;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_renewing.Token, Lost);
        try
        {
            do
            {
                await Task.Delay(interval, _client.Time, end.Token).ConfigureAwait(false);
            }
            while (await TryRenewAsync(interval, end.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Released or lost.
        }
    }

    private async Task<bool> TryRenewAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return await RenewWithinAsync(_lease, patience, cancellationToken).ConfigureAwait(false);
        }
        catch (LockUnavailableException exception)
        {
            _client.Logger.RenewalUnanswered(Key, exception);
            return _countdown.IsRunning;
        }
    }
}
