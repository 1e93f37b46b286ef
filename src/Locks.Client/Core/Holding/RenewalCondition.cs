using Locks.Transport;

namespace Locks.Client.Core.Holding;

/// <summary>Asks whether a lock may be renewed. One question at a time: while one is unanswered, the answer is no.</summary>
internal sealed class RenewalCondition(Func<CancellationToken, Task<bool>> condition, TimeProvider time)
{
    private Task<bool>? _question;

    /// <summary>Whether the condition holds.</summary>
    /// <param name="limit">How long to wait for the answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">No answer came in time. Whatever else is thrown comes from the condition.</exception>
    public async Task<bool> HoldsAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        // A question that hangs must not be followed by another one that hangs.
        if (_question is { IsCompleted: false })
            return false;

        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var token = either.Token;
        // On a thread of its own: it may block.
        _question = Task.Run(() => condition(token), CancellationToken.None);
        return await _question.OrAbandonAsync(token).ConfigureAwait(false);
    }
}
