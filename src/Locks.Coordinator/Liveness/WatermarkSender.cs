using Locks.Coordinator.Diagnostics;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Liveness;

/// <summary>Sends a coordinator's watermarks to its own liveness queue, once that is ready.</summary>
internal sealed class WatermarkSender(
    IsolatedSender sender, SessionLiveness sessions, ILogger<WatermarkSender> logger) : IReceiveEndpointObserver
{
    public Task Ready(ReceiveEndpointReady ready)
    {
        var queue = ReplyRoute.To(ready.InputAddress, ready.InputAddress);
        sessions.SendWatermark = sentAt => _ = SendAsync(queue, sentAt);
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    private async Task SendAsync(ReplyRoute queue, TimeSpan sentAt)
    {
        try
        {
            await BoundedSend.RunAsync(
                cancel => queue.SendAsync(sender, requestId: null, new LivenessWatermark(sentAt), cancel),
                CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Until a later watermark arrives, no session counts as dead.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.WatermarkNotSent(exception);
        }
    }
}
