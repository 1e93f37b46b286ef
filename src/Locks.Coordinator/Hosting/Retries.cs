using Locks.Coordinator.Machine;
using Locks.Coordinator.Storage;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.RetryPolicies;

namespace Locks.Coordinator.Hosting;

/// <summary>A store that is away is tried again, patiently; a conflict is decided again, at once.</summary>
/// <param name="storeRetryTimeout">How long a store that is away is tried again.</param>
/// <param name="storeFailures">Takes why the store could not be used.</param>
internal sealed class Retries(TimeSpan storeRetryTimeout, IRetryObserver storeFailures)
{
    private readonly TimeSpan[] _onStoreAway = Growing(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2), storeRetryTimeout);
    private readonly TimeSpan[] _onConflict = Growing(
        TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));

    /// <summary>Has a message tried again.</summary>
    /// <remarks>
    /// <c>UseMessageRetry</c> adds the same for each message of a consumer that is configured on an endpoint; those of an isolated pipe are not.
    /// </remarks>
    public void AddTo<T>(IConsumePipeConfigurator pipe)
        where T : class
    {
        Add<T, LockStoreUnavailableException>(pipe, _onStoreAway, storeFailures);
        Add<T, LockConflictException>(pipe, _onConflict);
    }

    private static void Add<T, TException>(IConsumePipeConfigurator pipe, TimeSpan[] intervals, IRetryObserver? observer = null)
        where T : class
        where TException : Exception
    {
        // MassTransit takes no empty list for "never".
        if (intervals.Length == 0)
            return;

        var retry = new ConsumeContextRetryPipeSpecification<ConsumeContext<T>, RetryConsumeContext<T>>(
            static (context, policy, retry) => new RetryConsumeContext<T>(context, policy, retry));
        retry.Handle<Exception>(IsOrComesFrom<TException>);
        retry.Intervals(intervals);
        if (observer is not null)
            ((IRetryObserverConnector)retry).ConnectRetryObserver(observer);
        pipe.AddPipeSpecification(retry);
    }

    /// <summary>What fails inside of the state machine, and not at the commit, comes wrapped; and MassTransit looks only at the innermost.</summary>
    private static bool IsOrComesFrom<T>(Exception exception)
        where T : Exception =>
        exception is T || (exception.InnerException is { } inner && IsOrComesFrom<T>(inner));

    /// <summary>Intervals that double up to a longest one until they add up to the given time.</summary>
    private static TimeSpan[] Growing(TimeSpan first, TimeSpan longest, TimeSpan timeout)
    {
        var intervals = new List<TimeSpan>();
        var total = TimeSpan.Zero;
        for (var next = first; total + next <= timeout; next = next * 2 > longest ? longest : next * 2)
        {
            intervals.Add(next);
            total += next;
        }

        return [.. intervals];
    }
}
