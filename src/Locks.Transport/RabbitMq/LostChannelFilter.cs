using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client.Events;

namespace Locks.Transport.RabbitMq;

/// <summary>
/// Ends the opening of an endpoint whose channel has closed meanwhile. When a connection is lost in the moment in which the broker accepts a
/// consumer, RabbitMQ.Client tells the consumer neither that it reads nor that its channel has closed. MassTransit then waits for the former
/// for ever: the endpoint is down, and does not stop to be started again, either.
/// </summary>
/// <remarks>Seen on 2026-11-29 with MassTransit 8.5.12 and RabbitMQ.Client 7.2.2.</remarks>
/// <param name="time">The clock.</param>
internal sealed class LostOpeningFilter(TimeProvider time) : IFilter<ChannelContext>, IReceiveEndpointObserver
{
    /// <summary>How long MassTransit has to notice by itself, which takes milliseconds.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private volatile bool _isReady;

    /// <summary>Watches each opening of an endpoint.</summary>
    public void AttachTo(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.ConnectReceiveEndpointObserver(this);
        RabbitMqTransport.Configurator(endpoint).ConfigureChannel(pipe => pipe.UseFilter(this));
    }

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("opening");

    async Task IFilter<ChannelContext>.Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        _isReady = false;
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var channel = context.Channel;
        channel.ChannelShutdownAsync += OnClosedAsync;
        try
        {
            if (!channel.IsOpen)
                closed.TrySetResult();
            await EndAsync(next.Send(context), closed.Task).ConfigureAwait(false);
        }
        finally
        {
            channel.ChannelShutdownAsync -= OnClosedAsync;
        }

        Task OnClosedAsync(object sender, ShutdownEventArgs reason)
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        }
    }

    Task IReceiveEndpointObserver.Ready(ReceiveEndpointReady ready)
    {
        _isReady |= ready.IsStarted;
        return Task.CompletedTask;
    }

    Task IReceiveEndpointObserver.Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    Task IReceiveEndpointObserver.Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    Task IReceiveEndpointObserver.Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    private async Task EndAsync(Task reading, Task closed)
    {
        await Task.WhenAny(reading, closed).ConfigureAwait(false);
        if (!_isReady)
            await reading.OrAbandonAsync(Limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_isReady && !reading.IsCompleted)
            throw new RabbitMqConnectionException("The connection was lost while the endpoint was being opened.");

        // A consumer that reads is told of the end of its channel. How long it then takes is up to the messages that it works on.
        await reading.ConfigureAwait(false);
    }
}
