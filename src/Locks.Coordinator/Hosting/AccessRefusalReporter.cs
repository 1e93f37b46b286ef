using System.Collections.Concurrent;
using Locks.Coordinator.Diagnostics;
using Locks.Transport;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Hosting;

/// <summary>
/// Says once for each endpoint which permission the broker refuses, and how to grant it: MassTransit tries again for ever, and logs the
/// broker's own words each time.
/// </summary>
internal sealed class AccessRefusalReporter(
    TransportSelector transports, IOptions<LockCoordinatorOptions> options, ILogger<AccessRefusalReporter> logger) : IReceiveEndpointObserver
{
    private readonly ConcurrentDictionary<(Uri Endpoint, string Explanation), bool> _told = new();

    public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        if (faulted.Exception is { } exception
            && transports.For(faulted.InputAddress).ExplainRefusal(exception, LockRole.Coordinator, options.Value.QueueName) is { } explanation
            && _told.TryAdd((faulted.InputAddress, explanation), true))
            logger.AccessRefused(faulted.InputAddress.AbsolutePath, explanation);
        return Task.CompletedTask;
    }
}
