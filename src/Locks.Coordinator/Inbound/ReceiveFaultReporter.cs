using System.Runtime.Serialization;
using Locks.Contracts;
using Locks.Coordinator.Pipeline;
using Locks.Transport;
using MassTransit;

namespace Locks.Coordinator.Inbound;

/// <summary>
/// Tells a client that its message could not be read, or failed before it came to a consumer. MassTransit knows no address for what it
/// could not read, and a batch names its client in its body alone.
/// </summary>
internal sealed class ReceiveFaultReporter(ReplySender sender) : IReceiveObserver
{
    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception)
    {
        if (ProblemAddress.Of(context) is not { } client)
            return Task.CompletedTask;

        var kind = exception is SerializationException ? ProblemKinds.Unreadable : ProblemKinds.Pipeline;
        return sender.ReportAsync(client, new CoordinatorProblem(kind, $"{exception.GetType().Name}: {exception.Message}"));
    }
}
