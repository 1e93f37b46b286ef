using Locks.Contracts;
using MassTransit;

namespace RequestClient.Locking;

/// <summary>What a caller without the client library has to get right.</summary>
internal sealed class LockRequests(
    IRequestClient<AcquireLock> acquires, IRequestClient<RenewLock> renewals, IRequestClient<ReleaseLock> releases, TimeProvider time)
{
    private const int MostAttempts = 6;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Acquires a lock.</summary>
    /// <returns>The lock, or the reason for which it was denied.</returns>
    /// <exception cref="RequestTimeoutException">No coordinator has answered.</exception>
    public async Task<(HeldLock? Held, LockDenied? Denied)> AcquireAsync(AcquireLock request, CancellationToken cancellationToken)
    {
        // The coordinator counts the lease from its decision, which is later: so this process counts the lock as lost first. A timestamp is
        // monotonic, and a wall clock may be set.
        var before = time.GetTimestamp();
        var response = await SendAsync(
            timeout => acquires.GetResponse<LockAcquired, LockDenied>(request, cancellationToken, timeout),
            AnswerTimeout + (request.Wait ?? TimeSpan.Zero));
        if (response.Is(out Response<LockDenied>? denied))
            return (null, denied.Message);

        response.Is(out Response<LockAcquired>? acquired);
        var grant = acquired!.Message;
        var held = new HeldLock(
            grant.Key, grant.AcquireId, grant.OwnerToken, grant.FencingToken, request.Lease, After(before, grant.Lease));

        // A grant out of the queue lasts for the confirmation window only, and since when is not known here: so it counts as not held
        // until it is renewed, which confirms it.
        return request.Wait is null ? (held, null) : (await RenewAsync(held, cancellationToken), null);
    }

    /// <summary>Extends the lease from now on. To be done when a third of it is over, so that two more tries are left.</summary>
    /// <returns>The lock, or <see langword="null"/> if it is lost.</returns>
    public async Task<HeldLock?> RenewAsync(HeldLock held, CancellationToken cancellationToken)
    {
        var before = time.GetTimestamp();
        var request = new RenewLock(held.Key, held.OwnerToken, held.Lease);
        var response = await SendAsync(
            timeout => renewals.GetResponse<LockRenewed, LockLost>(request, cancellationToken, timeout), AnswerTimeout);
        return response.Is(out Response<LockRenewed>? _) ? held with { Deadline = After(before, held.Lease) } : null;
    }

    /// <summary>Releases a lock. With the attempt's id, a repeated release gets the answer of the first.</summary>
    /// <returns>Whether the lock was held until now.</returns>
    public async Task<bool> ReleaseAsync(HeldLock held, CancellationToken cancellationToken)
    {
        var request = new ReleaseLock(held.Key, held.OwnerToken, AcquireId: held.AcquireId);
        var response = await SendAsync(
            timeout => releases.GetResponse<LockReleased, LockNotHeld>(request, cancellationToken, timeout), AnswerTimeout);
        return response.Is(out Response<LockReleased>? _);
    }

    /// <summary>How much longer this process may count the lock as held.</summary>
    public TimeSpan LeftOf(HeldLock held) => time.GetElapsedTime(time.GetTimestamp(), held.Deadline);

    /// <summary>
    /// Sends a request until it is answered. Each time it is the same request, so that an acquire has the same <c>AcquireId</c>: if the
    /// first one arrived and its answer was lost, the second gets the same answer, and not a place in the queue behind the first.
    /// </summary>
    private static async Task<T> SendAsync<T>(Func<RequestTimeout, Task<T>> send, TimeSpan timeout)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await send(timeout);
            }
            catch (RequestTimeoutException) when (attempt < MostAttempts)
            {
            }
        }
    }

    private long After(long timestamp, TimeSpan lease) => timestamp + (long)(lease.TotalSeconds * time.TimestampFrequency);
}
