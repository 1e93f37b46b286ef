using Locks.Contracts;
using Locks.Transport;
using Locks.Transport.Isolation;

namespace Locks.Client.Requests;

/// <summary>
/// Keeps this client's session alive: one message in an interval for all callers that wait in a queue, however many they are, and none
/// while none waits. On a transport without fan-out it sends nothing, because no coordinator could hear it.
/// </summary>
internal sealed class Heartbeat(
    IsolatedSender sender,
    LockTransport transport,
    ReplyEndpoint replies,
    ConnectionCheck connection,
    TimeProvider time,
    LockClientOptions options,
    string clientId)
{
    private readonly string _topic = LockPartitions.LivenessNameOf(options.QueueName);
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _beatsSince;
    private int _waiters;
    private bool _isSending;

    /// <summary>A caller waits in a queue from now on.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            if (_waiters++ > 0 || !transport.HasFanOut)
                return;

            _beatsSince = time.GetTimestamp();
            _timer ??= DetachedContext.CreateTimer(time, static heartbeat => ((Heartbeat)heartbeat!).Beat(), this);
            _timer.Change(options.HeartbeatInterval, options.HeartbeatInterval);
        }
    }

    /// <summary>A caller does not wait any more.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_waiters == 0)
                _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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

        // Callers that wait in a queue send nothing else, and heartbeats are not answered: without this the connection could be dead for long.
        connection.Begin();
        _ = SendAsync();
    }

    private async Task SendAsync()
    {
        using var timeout = new CancellationTokenSource(options.HeartbeatInterval, time);
        try
        {
            var addresses = await replies.GetAddressesAsync(timeout.Token).ConfigureAwait(false);
            await LockTransport.BroadcastAsync(
                sender,
                _topic,
                new ClientAlive(clientId, options.HeartbeatInterval, time.GetElapsedTime(_beatsSince)),
                options.HeartbeatInterval,
                addresses.Single,
                isConfirmed: false,
                timeout.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the next one comes soon, and coordinators tolerate two that are missing.
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
