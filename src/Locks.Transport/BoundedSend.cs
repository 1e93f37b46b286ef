namespace Locks.Transport;

/// <summary>
/// Bounds a send by MassTransit. Left alone, MassTransit tries again for as long as the broker is away, after pauses that grow to 30 s,
/// and on a connection that was lost at the wrong moment it may never come to an end. What waits for such a send does nothing else
/// meanwhile, and an endpoint whose consumers wait for one is not opened again. Nothing here needs a send that takes long: whatever is
/// missing is asked for, or sent, again.
/// </summary>
internal static class BoundedSend
{
    /// <summary>How long a send may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Sends, and gives up after <see cref="Limit"/>. On the system's clock: how long a broker takes is about the machine, and a test that
    /// lets an hour pass must not cut a send off.
    /// </summary>
    /// <param name="send">The send. Its token fires at the limit alone.</param>
    /// <param name="cancellationToken">
    /// Gives up the wait earlier. The send goes on: MassTransit logs a send that is cancelled as an error, and a caller that left is none.
    /// </param>
    /// <exception cref="TimeoutException">The send took too long. The message may be sent all the same.</exception>
    public static Task RunAsync(Func<CancellationToken, Task> send, CancellationToken cancellationToken) =>
        RunAsync(send, TimeProvider.System, cancellationToken);

    /// <inheritdoc cref="RunAsync(Func{CancellationToken, Task}, CancellationToken)"/>
    public static async Task RunAsync(Func<CancellationToken, Task> send, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var limit = new CancellationTokenSource(Limit, time);
        var atLimit = limit.Token; // Cannot be asked for once the send is over.
        var sending = send(atLimit);
        _ = sending.ContinueWith(
            static (sent, limit) =>
            {
                _ = sent.Exception; // Observed, also when the wait was given up.
                ((CancellationTokenSource)limit!).Dispose();
            },
            limit,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        using var either = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(atLimit, cancellationToken)
            : null;
        try
        {
            await sending.WaitAsync(either?.Token ?? atLimit).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (atLimit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The broker did not take a message within {Limit:c}.");
        }
    }
}
