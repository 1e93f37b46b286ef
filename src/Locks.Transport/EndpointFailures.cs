using System.Collections.Concurrent;
using MassTransit;

namespace Locks.Transport;

/// <summary>
/// The endpoints of this process that are down and can't be started again. Only a new process helps, so the supervisor of this one
/// has to learn of it.
/// </summary>
internal sealed class EndpointFailures
{
    private readonly ConcurrentDictionary<Uri, bool> _failed = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The endpoints, by address.</summary>
    public IReadOnlyCollection<Uri> Endpoints => [.. _failed.Keys];

    /// <summary>Completes when there is one for the first time.</summary>
    public Task First => _first.Task;

    /// <summary>An endpoint can't be started again.</summary>
    public void Report(Uri endpoint)
    {
        if (_failed.TryAdd(endpoint, true))
        {
            LogContext.Critical?.Log(
                "The endpoint {Endpoint} lost its connection to the broker, and can't be opened again: it does not stop. "
                + "Restart this process.",
                endpoint);
        }

        _first.TrySetResult();
    }

    /// <summary>It runs all the same.</summary>
    public void Clear(Uri endpoint) => _failed.TryRemove(endpoint, out _);
}
