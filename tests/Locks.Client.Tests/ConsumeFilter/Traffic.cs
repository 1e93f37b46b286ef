using System.Collections.Concurrent;
using Locks.Contracts;
using MassTransit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>When the consumer's messages have left, and when the release is sent.</summary>
internal sealed class Traffic : IPublishObserver, ISendObserver
{
    private readonly ConcurrentQueue<string> _notes = new();

    public IReadOnlyCollection<string> Notes => _notes;

    public static Traffic Of(IBus bus)
    {
        var traffic = new Traffic();
        bus.ConnectPublishObserver(traffic);
        bus.ConnectSendObserver(traffic);
        return traffic;
    }

    public void Note(string what) => _notes.Enqueue(what);

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => NoteIf<T, PaymentCaptured>("the message has left");

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PreSend<T>(SendContext<T> context)
        where T : class
    {
        if (context.Message is LockCommands { Commands: var commands } && commands.Any(command => command.Release is not null))
            Note("the release is sent");
        return Task.CompletedTask;
    }

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    private Task NoteIf<T, TNoted>(string what)
    {
        if (typeof(T) == typeof(TNoted))
            Note(what);
        return Task.CompletedTask;
    }
}
