using Locks.Coordinator.Storage;
using MassTransit;

namespace Locks.Coordinator.Inbound;

/// <summary>Remembers why the store could not be used last, from what the endpoint tries again.</summary>
internal sealed class StoreFailures(TimeProvider time) : IRetryObserver
{
    private volatile Failure? _last;

    /// <summary>The last failure, unless it is older than a timestamp.</summary>
    public string? Since(long timestamp) => _last is { } last && last.At >= timestamp ? last.Message : null;

    Task IRetryObserver.PostCreate<T>(RetryPolicyContext<T> context) => Task.CompletedTask;

    Task IRetryObserver.PostFault<T>(RetryContext<T> context)
    {
        for (var exception = context.Exception; exception is not null; exception = exception.InnerException)
        {
            if (exception is LockStoreUnavailableException)
                _last = new Failure($"{exception.Message} ({exception.GetBaseException().Message})", time.GetTimestamp());
        }

        return Task.CompletedTask;
    }

    Task IRetryObserver.PreRetry<T>(RetryContext<T> context) => Task.CompletedTask;

    Task IRetryObserver.RetryFault<T>(RetryContext<T> context) => Task.CompletedTask;

    Task IRetryObserver.RetryComplete<T>(RetryContext<T> context) => Task.CompletedTask;

    private sealed record Failure(string Message, long At);
}
