using System.Net.Mime;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Serialization;

namespace Locks.Simulation.Network;

/// <summary>A message as it arrives at an endpoint.</summary>
internal sealed class SimulatedReceiveContext(Envelope envelope, Uri inputAddress, bool isRedelivered) :
    BasePipeContext(CancellationToken.None, Topology), ReceiveContext
{
    private static readonly ISendEndpointProvider NoSender = Stub.Of<ISendEndpointProvider>();
    private static readonly IBusTopology Topology = Stub.Of<IBusTopology>();
    private static readonly IPublishEndpointProvider NoPublisher = Stub.Of<IPublishEndpointProvider>();

    private readonly List<Task> _tasks = [];

    /// <summary>Why the message was not served, if it was not.</summary>
    public Exception? Failure { get; private set; }

    public TimeSpan ElapsedTime => TimeSpan.Zero;

    public Uri InputAddress => inputAddress;

    public ContentType ContentType => envelope.ContentType;

    public bool Redelivered => isRedelivered;

    public Headers TransportHeaders { get; } = new DictionarySendHeaders();

    public Task ReceiveCompleted => Task.WhenAll(_tasks);

    public bool IsDelivered { get; private set; }

    public bool IsFaulted => Failure is not null;

    public ISendEndpointProvider SendEndpointProvider => NoSender;

    public IPublishEndpointProvider PublishEndpointProvider => NoPublisher;

    public bool PublishFaults => false;

    public MessageBody Body { get; } = new BytesMessageBody(envelope.Body);

    public Task NotifyConsumed<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class
    {
        IsDelivered = true;
        return Task.CompletedTask;
    }

    public Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class =>
        NotifyFaulted(exception);

    public Task NotifyFaulted(Exception exception)
    {
        Failure ??= exception;
        return Task.CompletedTask;
    }

    public void AddReceiveTask(Task task) => _tasks.Add(task);
}
