using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Locks.Transport.RabbitMq;

/// <summary>
/// Ends what an endpoint does on a channel that was lost, where MassTransit does not notice and would wait for ever: the endpoint is down,
/// and does not stop to be started again, either. It does not notice in two cases.
/// <list type="bullet">
/// <item>The connection is lost in the moment in which the broker accepts the consumer: RabbitMQ.Client tells the consumer neither that it
/// reads nor that its channel has closed.</item>
/// <item>RabbitMQ.Client tells the channels of a connection one after another, each when the consumers of the one before have ended. One that
/// works on a message for long, or hangs because it was just being stopped, keeps the others from being told.</item>
/// </list>
/// </summary>
/// <remarks>Seen on 2026-11-29 and 2026-12-01 with MassTransit 8.5.12 and RabbitMQ.Client 7.2.2.</remarks>
/// <param name="time">The clock.</param>
internal sealed class LostChannelFilter(TimeProvider time) : IFilter<ChannelContext>, IReceiveEndpointObserver
{
    /// <summary>How long MassTransit has to notice by itself, which takes milliseconds.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>How often the connection is looked at. Its events are told in the same turn as the channels, so they may not come.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private volatile bool _isReady;

    /// <summary>Watches each channel of an endpoint.</summary>
    public void AttachTo(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.ConnectReceiveEndpointObserver(this);
        RabbitMqTransport.Configurator(endpoint).ConfigureChannel(pipe => pipe.UseFilter(this));
    }

    void IProbeSite.Probe(ProbeContext context) => context.CreateFilterScope("lostChannel");

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
            await EndAsync(next.Send(context), closed.Task, context.ConnectionContext.Connection).ConfigureAwait(false);
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

    private async Task EndAsync(Task reading, Task closed, IConnection connection)
    {
        // What it may still throw after it was ended here is observed.
        _ = reading.OrAbandonAsync(CancellationToken.None);
        if (!await EndsOrIsToldAsync(Task.WhenAny(reading, closed), connection).ConfigureAwait(false))
            throw new RabbitMqConnectionException("The connection was lost, and the endpoint was not told.");

        if (!_isReady && !await CompletesWithinAsync(reading, Limit).ConfigureAwait(false) && !_isReady)
            throw new RabbitMqConnectionException("The connection was lost while the endpoint was being opened.");

        // A consumer that reads is told of the end of its channel. How long it then takes is up to the messages that it works on.
        await reading.ConfigureAwait(false);
    }

    /// <returns>Whether the endpoint ends by itself, or its channel is told that it is lost.</returns>
    private async Task<bool> EndsOrIsToldAsync(Task endedOrTold, IConnection connection)
    {
        while (connection.IsOpen)
        {
            if (await CompletesWithinAsync(endedOrTold, LookInterval).ConfigureAwait(false))
                return true;
        }

        return await CompletesWithinAsync(endedOrTold, Limit).ConfigureAwait(false);
    }

    private async Task<bool> CompletesWithinAsync(Task task, TimeSpan limit)
    {
        await task.WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
