using Locks.Contracts;
using MassTransit;

namespace Locks.Client.Requests;

/// <summary>
/// This client's sign of life: one message in an interval for all callers that wait in line, however many they are, and none when nobody does.
/// </summary>
internal sealed class Heartbeat(IBus bus, ReplyEndpoint replies, TimeProvider time, LockClientOptions options, string clientId)
{
    private readonly Uri _coordinators = new($"exchange:{LockPartitions.LivenessNameOf(options.QueueName)}");
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _beatsSince;
    private int _waiters;
    private bool _isSending;

    /// <summary>Somebody waits in line from now on.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            if (_waiters++ > 0)
                return;

            _beatsSince = time.GetTimestamp();
            _timer ??= time.CreateTimer(
                static heartbeat => ((Heartbeat)heartbeat!).Beat(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(options.HeartbeatInterval, options.HeartbeatInterval);
        }
    }

    /// <summary>Somebody does not wait any more.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_waiters == 0)
                _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void Beat()
    {
        lock (_gate)
        {
            // While the broker is away, one that waits to be sent is enough.
            if (_waiters == 0 || _isSending)
                return;
            _isSending = true;
        }

        _ = SendAsync();
    }

    private async Task SendAsync()
    {
        using var patience = new CancellationTokenSource(options.HeartbeatInterval, time);
        try
        {
            var addresses = await replies.GetAddressesAsync(patience.Token).ConfigureAwait(false);
            var endpoint = await bus.GetSendEndpoint(_coordinators).WaitAsync(patience.Token).ConfigureAwait(false);
            await endpoint.Send(
                new ClientAlive(clientId, options.HeartbeatInterval, time.GetElapsedTime(_beatsSince)),
                send =>
                {
                    send.ResponseAddress = addresses.Single;
                    send.Durable = false;
                    send.TimeToLive = options.HeartbeatInterval;
                    send.TrySetAwaitAck(false);
                },
                patience.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the next one comes soon, and coordinators forgive two that are missing.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        finally
        {
            lock (_gate)
                _isSending = false;
        }
    }
}
