using System.Collections.Frozen;
using System.Net.Mime;
using Locks.Contracts;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Serialization;
using MassTransit.Transports;

namespace Locks.Transport.Isolation;

/// <summary>
/// Serves the product's own messages, told apart by their content type, on an endpoint, ahead of everything that the application has
/// configured for its bus or for this endpoint: filters, retries, outboxes, kill switches, serializers. What a message sends while it is
/// handled goes through the <see cref="IsolatedSender"/>. Every other message takes the endpoint's own way.
/// </summary>
internal sealed class IsolatedPipe : IFilter<ReceiveContext>, IPipeSpecification<ReceiveContext>
{
    private readonly ConsumePipeSpecification _filters = new();
    private readonly ReceivePipeConfiguration _receive = new();
    private readonly FrozenSet<string> _contentTypes;
    private readonly Lazy<IConsumePipe> _consumers;
    private readonly Lazy<IReceivePipe> _pipe;

    private IsolatedPipe(IReadOnlyList<ISerializerFactory> formats, IsolatedSender sender, bool isTemporary)
    {
        var serialization = new SerializationConfiguration();
        serialization.Clear();
        foreach (var format in formats)
        {
            var isDefault = format == MessageSerializer.Instance;
            serialization.AddSerializer(format, isDefault);
            serialization.AddDeserializer(new IsolatedDeserializer(format, sender), isDefault);
        }

        // Without MassTransit's fault, which is sent past the isolated sender.
        _receive.ErrorConfigurator.UseFilter(new NotifyFaultFilter());
        _receive.ErrorConfigurator.UseFilter(isTemporary ? new DiscardErrorTransportFilter() : new ErrorTransportFilter());
        if (isTemporary)
            _receive.DeadLetterConfigurator.UseFilter(new DiscardDeadLetterFilter());
        _contentTypes = formats.Select(format => format.ContentType.MediaType).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _consumers = new Lazy<IConsumePipe>(_filters.BuildConsumePipe);
        _pipe = new Lazy<IReceivePipe>(() => _receive.CreatePipe(_consumers.Value, serialization.CreateSerializerCollection()));
    }

    /// <summary>What messages pass on their way to the consumers; to be configured before those are connected.</summary>
    public IConsumePipeConfigurator Filters => _filters;

    /// <summary>The consumers of messages.</summary>
    public IConsumePipeConnector Consumers => _consumers.Value;

    /// <summary>Puts an isolated pipe on an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="sender">Sends what the handling of messages sends.</param>
    /// <param name="batches">The format of batches, where the endpoint takes some.</param>
    public static IsolatedPipe On(IReceiveEndpointConfigurator endpoint, IsolatedSender sender, ISerializerFactory? batches = null) =>
        On(endpoint, sender, batches, isTemporary: false);

    /// <summary>
    /// Puts an isolated pipe on an endpoint whose queue goes with this process. A message that no consumer takes, or that fails, is dropped,
    /// because nothing reads it later.
    /// </summary>
    public static IsolatedPipe OnTemporary(IReceiveEndpointConfigurator endpoint, IsolatedSender sender, ISerializerFactory? batches = null)
    {
        endpoint.DiscardFaultedMessages();
        endpoint.DiscardSkippedMessages();
        endpoint.PublishFaults = false;
        return On(endpoint, sender, batches, isTemporary: true);
    }

    private static IsolatedPipe On(
        IReceiveEndpointConfigurator endpoint, IsolatedSender sender, ISerializerFactory? batches, bool isTemporary)
    {
        var pipe = new IsolatedPipe(batches is null ? [MessageSerializer.Instance] : [MessageSerializer.Instance, batches], sender, isTemporary);
        endpoint.ConfigureReceive(receive => receive.AddPipeSpecification(pipe));
        return pipe;
    }

    /// <summary>Whether a message is being handled by an isolated pipe.</summary>
    public static bool Serves(ConsumeContext context) => context.ReceiveContext is IsolatedReceiveContext;

    Task IFilter<ReceiveContext>.Send(ReceiveContext context, IPipe<ReceiveContext> next) =>
        context.ContentType is { } type && _contentTypes.Contains(type.MediaType) ? _pipe.Value.Send(context) : next.Send(context);

    void IProbeSite.Probe(ProbeContext context) => _pipe.Value.Probe(context.CreateFilterScope("locks"));

    void IPipeSpecification<ReceiveContext>.Apply(IPipeBuilder<ReceiveContext> builder) => builder.AddFilter(this);

    IEnumerable<ValidationResult> ISpecification.Validate() => _filters.Validate().Concat(_receive.Validate());

    /// <summary>Has observers and the log told of a message that failed before it came to a consumer.</summary>
    private sealed class NotifyFaultFilter : IFilter<ExceptionReceiveContext>
    {
        public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
        {
            if (!context.IsFaulted)
                await context.NotifyFaulted(context.Exception).ConfigureAwait(false);
            await next.Send(context).ConfigureAwait(false);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("notifyFault");
    }

    /// <summary>Reads messages of one format; what their handling sends goes through the isolated sender.</summary>
    private sealed class IsolatedDeserializer(ISerializerFactory format, IsolatedSender sender) : ISerializerFactory, IMessageDeserializer
    {
        private readonly IMessageDeserializer _deserializer = format.CreateDeserializer();

        public ContentType ContentType => format.ContentType;

        public IMessageSerializer CreateSerializer() => format.CreateSerializer();

        public IMessageDeserializer CreateDeserializer() => this;

        public ConsumeContext Deserialize(ReceiveContext receiveContext) => new IsolatedConsumeContext(
            new IsolatedReceiveContext(receiveContext, sender),
            _deserializer.Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

        public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
            _deserializer.Deserialize(body, headers, destinationAddress);

        public MessageBody GetMessageBody(string text) => _deserializer.GetMessageBody(text);

        public void Probe(ProbeContext context) => _deserializer.Probe(context);
    }

    /// <summary>Sends through the isolated sender whatever its handling sends.</summary>
    private sealed class IsolatedReceiveContext(ReceiveContext context, IsolatedSender sender) : ReceiveContextProxy(context)
    {
        public override ISendEndpointProvider SendEndpointProvider => sender;
    }

    private sealed class IsolatedConsumeContext(IsolatedReceiveContext receive, SerializerContext serializer) :
        BodyConsumeContext(receive, serializer)
    {
        /// <summary>A failure is a reply like every other. A fault of MassTransit's would repeat the message, owner token and all.</summary>
        protected override Task GenerateFault<T>(ConsumeContext<T> context, Exception exception) => ResponseAddress is { } address
            ? BoundedSend.RunAsync(
                cancel => ReplyRoute.To(address, ReceiveContext.InputAddress)
                    .SendAsync(this, RequestId, new CommandFailed(typeof(T).Name, exception.Message), cancel),
                context.CancellationToken)
            : Task.CompletedTask;
    }
}
