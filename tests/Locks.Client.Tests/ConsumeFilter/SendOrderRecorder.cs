using System.Collections.Concurrent;
using Locks.Contracts;
using MassTransit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>Records the order in which the consumer's messages leave and the release is sent.</summary>
internal sealed class SendOrderRecorder : IPublishObserver, ISendObserver
{
    private readonly ConcurrentQueue<string> _events = new();

    public IReadOnlyCollection<string> Events => _events;

    public static SendOrderRecorder Of(IBus bus)
    {
        var sendOrder = new SendOrderRecorder();
        bus.ConnectPublishObserver(sendOrder);
        bus.ConnectSendObserver(sendOrder);
        return sendOrder;
    }

    public void Record(string what) => _events.Enqueue(what);

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => RecordIf<T, PaymentCaptured>("the message has left");

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PreSend<T>(SendContext<T> context)
        where T : class
    {
        if (context.Message is LockCommands { Commands: var commands } && commands.Any(command => command.Release is not null))
            Record("the release is sent");
        return Task.CompletedTask;
    }

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    private Task RecordIf<T, TRecorded>(string what)
    {
        if (typeof(T) == typeof(TRecorded))
            Record(what);
        return Task.CompletedTask;
    }
}
