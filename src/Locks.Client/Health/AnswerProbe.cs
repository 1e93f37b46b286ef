using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Transport;

namespace Locks.Client.Health;

/// <summary>
/// Finds out whether a coordinator answers this client. The answer to any request tells it; while there was none lately, one query does,
/// for all who look at the same time or soon after. The query reads the store, as an acquire does, and changes nothing.
/// </summary>
/// <param name="dispatcher">Sends the query, and knows when a request was answered last.</param>
/// <param name="time">The clock.</param>
/// <param name="options">The client's options.</param>
internal sealed class AnswerProbe(RequestDispatcher dispatcher, TimeProvider time, LockClientOptions options)
{
    /// <summary>How long an answer counts.</summary>
    public static readonly TimeSpan AnsweredFor = TimeSpan.FromSeconds(10);

    /// <summary>How long it counts that there was none: less, so that a service is back soon.</summary>
    public static readonly TimeSpan UnansweredFor = TimeSpan.FromSeconds(2);

    /// <summary>How long the query waits for its answer: less than health endpoints give a check.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // Any key does. The coordinator reads one row, or finds none.
    private const string Key = "locks/health";

    private readonly Lock _gate = new();
    private Task<LockUnavailableException?> _probe = Task.FromResult<LockUnavailableException?>(null);
    private long? _unansweredAt;

    /// <summary>Looks.</summary>
    /// <param name="cancellationToken">Gives up waiting for the query; others may still wait for it.</param>
    /// <returns>Why there is no answer; <see langword="null"/> if there is one.</returns>
    public Task<LockUnavailableException?> LookAsync(CancellationToken cancellationToken)
    {
        Task<LockUnavailableException?> probe;
        lock (_gate)
        {
            if (_probe.IsCompleted && !IsFresh())
            {
                if (dispatcher.WasAnsweredWithin(AnsweredFor))
                    return Task.FromResult<LockUnavailableException?>(null);
                _unansweredAt = null;
                _probe = DetachedContext.Run(() => Task.Run(ProbeAsync));
            }

            probe = _probe;
        }

        return probe.OrAbandonAsync(cancellationToken);
    }

    private bool IsFresh() => _unansweredAt is { } at && time.GetElapsedTime(at) < UnansweredFor;

    private async Task<LockUnavailableException?> ProbeAsync()
    {
        try
        {
            var limit = options.RequestTimeout < Limit ? options.RequestTimeout : Limit;
            await dispatcher.RequestAsync(new DescribeLock(Key), Deadline.After(time, limit), CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (LockUnavailableException unavailable)
        {
            lock (_gate)
                _unansweredAt = time.GetTimestamp();
            return unavailable;
        }
    }
}
