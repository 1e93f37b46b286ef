using MassTransit;
using MassTransit.Logging;

namespace Locks.Transport;

/// <summary>
/// Starts one of the product's endpoints again when it is down. MassTransit tries again by itself, but after pauses that grow to 30 s and
/// stay long for as long as the process runs; after some errors it gives up for good; and an endpoint whose connection is lost again while
/// it is opened may wait for ever. An endpoint that does not even stop can't be helped: <see cref="EndpointFailures"/> is told.
/// </summary>
/// <param name="transport">The endpoint's transport.</param>
/// <param name="isStopping">Whether the bus stops, or has stopped.</param>
/// <param name="failures">Is told of an endpoint that can't be started again.</param>
/// <param name="time">The clock.</param>
internal sealed class EndpointRecovery(
    LockTransport transport, Func<bool> isStopping, EndpointFailures failures, TimeProvider time) : IReceiveEndpointObserver
{
    /// <summary>
    /// How long an endpoint may take to open. It takes milliseconds, unless the connection is lost again meanwhile, after which MassTransit
    /// may wait for ever. Each time that it takes longer, the limit doubles, up to <see cref="LongestOpenLimit"/>.
    /// </summary>
    public static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long a slow broker may take: connecting, and each of the few steps, has a limit of 10 to 20 s in RabbitMQ's client.</summary>
    public static readonly TimeSpan LongestOpenLimit = TimeSpan.FromSeconds(60);

    /// <summary>How long an endpoint's stop may take, which waits for the messages that it is working on.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <summary>The pause after the first failure.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // What the broker refuses, it refuses again.
    private static readonly TimeSpan LongestPauseWhenRefused = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task _restart = Task.CompletedTask;
    private volatile bool _isRestarting;
    private IReceiveEndpoint? _endpoint;
    private ILogContext? _log;
    private ITimer? _timer;
    private TimeSpan _pause = FirstPause;
    private TimeSpan _openLimit = OpenLimit;
    private bool _isReady;
    private bool _isRemoved;
    private bool _isStopped;
    private bool _isExplained;

    /// <summary>Completes when the endpoint is open, since it was last started here; absent if it never was.</summary>
    public Task? Ready { get; private set; }

    /// <summary>Whether the endpoint is stopped to be started again, and not for good.</summary>
    public bool IsRestarting => _isRestarting;

    /// <summary>Stops the endpoint and starts it again, unless that is going on already.</summary>
    /// <exception cref="TimeoutException">It does not stop.</exception>
    public Task RestartAsync(IReceiveEndpoint endpoint)
    {
        lock (_gate)
        {
            if (_isRestarting)
                return _restart;

            _isRestarting = true;
            return _restart = DetachedContext.Run(() => StopAndStartAsync(endpoint));
        }
    }

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready)
    {
        _log ??= LogContext.Current;
        lock (_gate)
        {
            (_endpoint, _isReady, _pause, _isExplained, _isStopped) = (ready.ReceiveEndpoint, ready.IsStarted, FirstPause, false, false);
            if (_isReady)
            {
                _openLimit = OpenLimit;
                _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        failures.Clear(ready.InputAddress);
        return Task.CompletedTask;
    }

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping)
    {
        lock (_gate)
        {
            _isRemoved |= stopping.Removed;
            _isStopped = !_isRestarting;
            if (_isStopped)
                _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        return Task.CompletedTask;
    }

    // Unless it was told to stop, it has lost its connection: MassTransit opens it again after a second.
    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed)
    {
        _endpoint = completed.ReceiveEndpoint;
        if (!_isStopped)
            Arm(_openLimit);
        return Task.CompletedTask;
    }

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted)
    {
        _endpoint = faulted.ReceiveEndpoint;
        // After what was only interrupted, MassTransit tries again after a second.
        if (faulted.Exception is OperationCanceledException)
        {
            Arm(_openLimit);
            return Task.CompletedTask;
        }

        Explain(faulted);
        TimeSpan pause;
        lock (_gate)
        {
            pause = _pause;
            var longest = faulted.Exception is { } exception && transport.IsRefused(exception) ? LongestPauseWhenRefused : LongestPause;
            _pause = _pause * 2 < longest ? _pause * 2 : longest;
        }

        Arm(pause);
        return Task.CompletedTask;
    }

    private async Task StopAndStartAsync(IReceiveEndpoint endpoint)
    {
        // Timers have none, and without it nothing is logged.
        LogContext.Current ??= _log;
        try
        {
            if (await StopAsync(endpoint).ConfigureAwait(false))
                Ready = endpoint.Start().Ready;

            // The bus may have been told to stop just now, and then has not seen this endpoint run.
            if (isStopping())
                await endpoint.Stop(CancellationToken.None).OrAbandonAsync(StopLimit, time).ConfigureAwait(false);
        }
        finally
        {
            _isRestarting = false;
        }
    }

    /// <returns>Whether the endpoint may be started again.</returns>
    private async Task<bool> StopAsync(IReceiveEndpoint endpoint)
    {
        try
        {
            await endpoint.Stop(CancellationToken.None).OrAbandonAsync(StopLimit, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            failures.Report(endpoint.InputAddress);
            throw;
        }
#pragma warning disable CA1031 // It has stopped all the same, or the start says that it has not.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        finally
        {
            Arm(_openLimit);
            _openLimit = _openLimit * 2 < LongestOpenLimit ? _openLimit * 2 : LongestOpenLimit;
        }

        return !isStopping() && !_isRemoved;
    }

    private void Explain(ReceiveEndpointFaulted faulted)
    {
        if (faulted.Exception is not { } exception || transport.RemedyFor(exception) is not { } remedy || _isExplained)
            return;

        _isExplained = true;
        LogContext.Error?.Log(exception, "The endpoint {Endpoint} can't be opened. {Remedy}", faulted.InputAddress, remedy);
    }

    private void Arm(TimeSpan due)
    {
        if (isStopping())
            return;

        lock (_gate)
        {
            _isReady = false;
            _log ??= LogContext.Current;
            _timer ??= DetachedContext.CreateTimer(time, static recovery => _ = ((EndpointRecovery)recovery!).RecoverAsync(), this);
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task RecoverAsync()
    {
        lock (_gate)
        {
            if (_isReady || _isRemoved || _endpoint is null || IsRestarting || isStopping())
                return;
        }

        try
        {
            await RestartAsync(_endpoint).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // MassTransit has logged what it was; the next look comes when the time for the opening is over.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
