using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Domain;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Liveness;

/// <summary>Sends a coordinator's notes to the queue that it listens to, once there is one.</summary>
internal sealed class WatermarkSender(Lazy<IBus> bus, SessionLiveness sessions, ILogger<WatermarkSender> logger) : IReceiveEndpointObserver
{
    public Task Ready(ReceiveEndpointReady ready)
    {
        var self = new ReplyTo(ready.InputAddress, RequestId: null);
        sessions.SendWatermark = sentAt => _ = SendAsync(self, sentAt);
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    private async Task SendAsync(ReplyTo self, TimeSpan sentAt)
    {
        try
        {
            await Reply.SendAsync(bus.Value, self, new LivenessWatermark(sentAt), CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Until a later one arrives, nobody is taken for dead.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.NoteNotSent(exception);
        }
    }
}
