namespace Locks.Client;

/// <summary>
/// Several locks that were acquired together, and are held, lost and released together. Disposing releases them all.
/// </summary>
public interface ILockSet : IAsyncDisposable, IDisposable
{
    /// <summary>The locks' keys, in ordinal order and without duplicates.</summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>Each key's fencing token: strictly higher than that of every earlier grant of that key.</summary>
    IReadOnlyDictionary<string, long> FencingTokens { get; }

    /// <summary>Whether all of the locks are still held, by this process's monotonic clock.</summary>
    bool IsHeld { get; }

    /// <summary>What is known about the locks. As soon as one of them is lost, the set is.</summary>
    LockHandleState State { get; }

    /// <summary>Why the first of them was lost, if one was.</summary>
    LockLoss? Loss { get; }

    /// <summary>
    /// Fires when any of the locks is lost. The others stay held until the set is released or disposed of. Does not fire on release.
    /// </summary>
    CancellationToken Lost { get; }

    /// <inheritdoc cref="ILockHandle.AtRisk"/>
    CancellationToken AtRisk { get; }

    /// <summary>Extends all of the locks, counted from now. Their renewals travel together.</summary>
    /// <param name="lease">100 ms to 24 h; the set's own lease when absent. A renewal never shortens what is left.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <returns>Whether all of the locks are still held.</returns>
    /// <exception cref="ArgumentException">The lease is out of range.</exception>
    /// <exception cref="LockUnavailableException">
    /// The coordinator did not answer in time. The locks are held until their lease ends.
    /// </exception>
    Task<bool> RenewAsync(TimeSpan? lease = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Releases all of the locks; their releases travel together. Calling it again returns the first answer; a release that was not
    /// answered is sent again.
    /// </summary>
    /// <param name="cancellationToken">
    /// Stops waiting for the answer. When it has fired already, nothing is sent and the locks are still held.
    /// </param>
    /// <returns>Whether all were still held; if not, another owner may have held one meanwhile.</returns>
    /// <exception cref="LockUnavailableException">
    /// The coordinator did not answer in <see cref="LockClientOptions.RequestTimeout"/>, or before the leases were over. The locks end
    /// by themselves with their leases.
    /// </exception>
    Task<bool> ReleaseAsync(CancellationToken cancellationToken = default);
}
